/**
 * One stack as its user lives with it: asks for one thing after the other, mostly waits for the end and sometimes does not, and knows what must
 * have become of it in the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AskedStack, type LifePorts } from './asked-stack.ts';
import { again, applyPlan, cancel, clearHook, create, remove, update, visit } from './requests.ts';
import { settle } from './settling.ts';
import { forceDelete, goBack, mend, restore, snapshot } from './ways-back.ts';

type Request = (stack: AskedStack) => Promise<unknown>;

/** Of what is there, in any state. */
const OPERATIONS = {
  update: (stack) => update(stack, {}, true),
  fail: (stack) => update(stack, { fails: true }, true),
  'roll-back': (stack) => update(stack, { fails: true }, false),
  cancel: (stack) => cancel(stack, true),
  halt: (stack) => cancel(stack, false),
  suspend: (stack) => visit(stack, 'suspend'),
  check: (stack) => visit(stack, 'check'),
  plan: applyPlan,
  'go-back': async (stack) => (await goBack(stack)) || (await update(stack, {}, true)),
  restore: async (stack) => (await restore(stack)) || (await update(stack, {}, true)),
  hook: async (stack) => {
    await update(stack, { hook: true }, true);
    await clearHook(stack);
  },
  delete: remove,
  'force-delete': forceDelete,
} as const satisfies Readonly<Record<string, Request>>;
/** Of what is whole. */
const OF_WHOLE = { snapshot, mend } as const satisfies Readonly<Record<string, Request>>;
/** Of what has failed. */
const OF_FAILED = {
  retry: (stack) => again(stack, false),
  continue: (stack) => again(stack, true),
} as const satisfies Readonly<Record<string, Request>>;
const OTHERS = {
  create: (stack) => create(stack, false),
  'create-failing': (stack) => create(stack, true),
  resume: (stack) => visit(stack, 'resume'),
} as const satisfies Readonly<Record<string, Request>>;

const REQUESTS = { ...OPERATIONS, ...OF_WHOLE, ...OF_FAILED, ...OTHERS };
type Operation = keyof typeof REQUESTS;

/** How often, beside each other. */
const USUAL = 1;
const WEIGHTS: Readonly<Partial<Record<Operation, number>>> = {
  update: 3,
  delete: 0.8,
  'force-delete': 0.6,
  snapshot: 2,
  mend: 2,
  retry: 2,
  continue: 2,
};
/** These follow what was asked before without waiting for it. */
const MAY_OVERTAKE: ReadonlySet<Operation> = new Set<Operation>(['update', 'fail', 'roll-back', 'delete', 'force-delete']);
/** From one wish to the next, at most. */
const THINKS_MS = 6_000;

export class StackLife {
  readonly problems: string[] = [];
  done = 0;
  readonly counts = new Map<string, number>();
  readonly #stack: AskedStack;

  constructor(name: string, ports: LifePorts) {
    this.#stack = new AskedStack(name, ports);
  }

  async live(operations: number): Promise<void> {
    await this.#guarded(async () => {
      for (let i = 0; i < operations; i++) {
        await this.#next();
        this.done++;
        await sleep(this.#stack.ports.random.next() * THINKS_MS);
      }
      await settle(this.#stack);
    });
  }

  async leave(): Promise<void> {
    await this.#guarded(async () => {
      if (this.#stack.id !== null) await this.#ask('delete');
      await settle(this.#stack);
    });
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { name } = this.#stack;
      this.problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Some follow at once, while what was asked before is under way; others must wait, and nothing follows a deletion or a restoration. */
  async #next(): Promise<void> {
    const stack = this.#stack;
    const isGoing = stack.wanted?.states.includes('DELETE_COMPLETE') === true;
    if (isGoing || stack.wanted?.skipped !== undefined || stack.chance(0.6)) await settle(stack);
    const operation = this.#choose();
    if (!MAY_OVERTAKE.has(operation)) await settle(stack);
    await this.#ask(operation);
    // What was skipped is mended before anything else can come back to it.
    if ((stack.wanted?.skipped?.length ?? 0) > 0) await this.#mendSkipped();
  }

  async #mendSkipped(): Promise<void> {
    await settle(this.#stack);
    await this.#ask('update');
    await settle(this.#stack);
  }

  async #ask(operation: Operation): Promise<void> {
    const stack = this.#stack;
    stack.ports.print(`${stack.name}: ${operation}`);
    await REQUESTS[operation](stack);
    stack.isSettled = false;
    this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
  }

  #choose(): Operation {
    const stack = this.#stack;
    if (stack.id === null) return stack.chance(0.15) ? 'create-failing' : 'create';
    if (stack.isSuspended) return oneOf(stack, ['resume', 'delete']);
    if (!stack.isSettled) return oneOf(stack, [...MAY_OVERTAKE]);
    const open = Object.keys(OPERATIONS) as Operation[];
    if (stack.present !== null && !stack.present.hook) open.push(...(Object.keys(OF_WHOLE) as Operation[]));
    if (/^(CREATE|UPDATE)_FAILED$/.test(stack.state)) open.push('retry', ...(stack.sent?.fails ? (['continue'] as const) : []));
    return oneOf(stack, open);
  }
}

function oneOf(stack: AskedStack, open: readonly Operation[]): Operation {
  const weight = (operation: Operation): number => WEIGHTS[operation] ?? USUAL;
  let at = stack.ports.random.next() * open.reduce((sum, operation) => sum + weight(operation), 0);
  for (const operation of open) {
    at -= weight(operation);
    if (at < 0) return operation;
  }
  return 'update';
}
