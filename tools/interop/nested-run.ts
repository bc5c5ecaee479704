/** Plays scenarios of nested stacks on one service and gives what was to be seen after each step. */
import { anonymous, asked, errorFacts, type Facts, looked, type NestedCloud, treeOf } from './nested-cloud.ts';

export interface Definition {
  readonly template: unknown;
  readonly environment?: unknown;
  readonly files?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export type Step = (
  | ({ readonly kind: 'create' | 'update' | 'patch' } & Definition & {
        readonly disableRollback?: boolean;
        readonly timeoutMins?: number;
      })
  | { readonly kind: 'delete' }
  | ({ readonly kind: 'validate' } & Definition)
) & {
  /** Resources shown afterwards: paths of names, with a query if wanted. */
  readonly shown?: readonly string[];
};

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

const SETTLE_MS = 300_000;
const LOOKS_FOR_ROLLBACK = 25;

export async function played(cloud: NestedCloud, scenario: Scenario, stackName: string): Promise<Record<string, Facts>> {
  const facts: Record<string, Facts> = {};
  let id = '';
  const events = new Set<string>();
  try {
    for (const [index, step] of scenario.steps.entries()) {
      const { answer, created } = await sent(cloud, step, stackName, id);
      if (created !== '') id = created;
      const isRefused = step.kind === 'create' && id === '';
      const key = `${index + 1} ${step.kind}`;
      if (step.kind === 'validate' || answer !== null) facts[key] = answer;
      else facts[key] = await settledFacts(cloud, { name: stackName, id }, step, events);
      if (isRefused && scenario.steps[index + 1]?.kind !== 'validate') break;
    }
  } finally {
    if (id !== '') await removed(cloud, { name: stackName, id }, scenario);
  }
  return facts;
}

/** The stack, and what it was told to retain below. */
async function removed(cloud: NestedCloud, stack: { readonly name: string; readonly id: string }, scenario: Scenario): Promise<void> {
  const kept = JSON.stringify(scenario).includes('Retain') ? (await treeOf(cloud, stack.name, stack.id)).stacks.slice(1) : [];
  for (const { name, id } of [stack, ...kept]) {
    await asked(cloud, 'DELETE', `/stacks/${encodeURIComponent(name)}/${id}`);
    await settled(cloud, `/stacks/${encodeURIComponent(name)}/${id}`);
  }
}

/** `answer`: the refusal, or what a validation said. */
async function sent(cloud: NestedCloud, step: Step, name: string, id: string) {
  if (step.kind === 'delete') {
    const { status, body } = await asked(cloud, 'DELETE', `/stacks/${name}/${id}`);
    return { answer: status < 300 ? null : { status, error: errorFacts(body) }, created: '' };
  }
  const { template, environment = {}, files = {}, parameters = {} } = step;
  const body = { template, environment, files, ...(step.kind === 'validate' ? {} : { parameters }) };
  if (step.kind === 'validate') {
    const reply = await asked(cloud, 'POST', `/validate`, body);
    return { answer: reply.status < 300 ? { status: reply.status, body: reply.body } : refusal(reply), created: '' };
  }
  const { disableRollback = true, timeoutMins = 5 } = step;
  const more = { disable_rollback: disableRollback, timeout_mins: timeoutMins };
  const reply =
    step.kind === 'create'
      ? await asked(cloud, 'POST', `/stacks`, { ...body, ...more, stack_name: name })
      : await asked(cloud, step.kind === 'patch' ? 'PATCH' : 'PUT', `/stacks/${name}/${id}`, { ...body, ...more });
  if (reply.status < 300) return { answer: null, created: (reply.body as { stack?: { id: string } } | null)?.stack?.id ?? '' };
  const answer = JSON.parse(anonymous(JSON.stringify(refusal(reply)).replaceAll(name, '<name>'), cloud)) as Facts;
  return { answer, created: '' };
}

const refusal = ({ status, body }: { readonly status: number; readonly body: unknown }): Facts => ({ status, error: errorFacts(body) });

async function settledFacts(
  cloud: NestedCloud,
  stack: { readonly name: string; readonly id: string },
  step: Step,
  events: Set<string>,
): Promise<Facts> {
  const rollsBack = 'disableRollback' in step && step.disableRollback === false;
  const ended = await settled(cloud, `/stacks/${stack.name}/${stack.id}`, rollsBack);
  return ended === 'DELETE_COMPLETE' ? ended : looked(cloud, stack, step.shown ?? [], events);
}

/** `rollsBack`: a failure is not the end, as long as the rollback may still begin. */
async function settled(cloud: NestedCloud, path: string, rollsBack = false): Promise<string> {
  const end = Date.now() + SETTLE_MS;
  let left = rollsBack ? LOOKS_FOR_ROLLBACK : 0;
  for (;;) {
    const { status, body } = await asked<{ stack: { stack_status: string } }>(cloud, 'GET', `${path}?resolve_outputs=false`);
    if (status === 404) return 'DELETE_COMPLETE';
    const state = body.stack.stack_status;
    const mayRollBack = /^(CREATE|UPDATE)_FAILED$/.test(state) && left-- > 0;
    if (!state.endsWith('IN_PROGRESS') && !mayRollBack) return state;
    if (Date.now() > end) return state;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** So many at once; facts by the scenarios' names, in their order. */
export async function playedAll(
  cloud: NestedCloud,
  scenarios: readonly Scenario[],
  atOnce: number,
  told: (line: string) => void,
): Promise<Record<string, Facts>> {
  const facts: Record<string, Facts> = Object.fromEntries(scenarios.map(({ name }) => [name, null]));
  const left = [...scenarios.entries()];
  const play = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [number, scenario] = next;
      const begun = Date.now();
      facts[scenario.name] = await played(cloud, scenario, `nest${process.pid}x${number}`);
      told(`${scenario.name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, play));
  return facts;
}
