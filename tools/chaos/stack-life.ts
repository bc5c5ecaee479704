/**
 * One stack as its user lives with it: asks for one thing after the other, mostly waits for the end and sometimes does not, and knows what must
 * have become of it in the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@hearth/kernel';
import type { Rest } from '../server/rest.ts';
import { bodyOf, type Definition, HOOKED, resourcesOf } from './definitions.ts';
import { ask, type Answered } from './persistent-rest.ts';

export interface LifePorts {
  readonly rest: Rest;
  /** Where the project's stacks are; may change. */
  readonly stacks: () => string;
  readonly random: Random;
  readonly print: (line: string) => void;
}

const OPERATIONS = ['update', 'update', 'update', 'fail', 'roll-back', 'cancel', 'halt', 'suspend', 'check', 'hook', 'delete'] as const;
type Operation = 'create' | 'create-failing' | 'resume' | (typeof OPERATIONS)[number];

/** What the last request asks for: states that may be its end, and definitions that may then be there (null: not known, or none). */
interface Wanted {
  readonly states: readonly string[];
  readonly definitions: readonly Definition[] | null;
}

interface StackBody {
  readonly id: string;
  readonly stack_status: string;
  readonly stack_status_reason: string;
  readonly outputs?: readonly { readonly output_key: string; readonly output_value: unknown }[];
}
interface ResourceBody {
  readonly resource_name: string;
  readonly resource_type: string;
  readonly physical_resource_id: string;
  readonly resource_status: string;
}

const SETTLE_MS = 180_000;
/** From one wish to the next, at most. */
const THINKS_MS = 8_000;

export class StackLife {
  readonly name: string;
  readonly problems: string[] = [];
  done = 0;
  readonly #ports: LifePorts;
  #generation = 0;
  #id: string | null = null;
  /** What it may have been brought to for the last time. */
  #completed: readonly Definition[] = [];
  #wanted: Wanted | null = null;
  #isSuspended = false;
  #isSettled = true;

  constructor(name: string, ports: LifePorts) {
    this.name = name;
    this.#ports = ports;
  }

  async live(operations: number): Promise<void> {
    try {
      for (let i = 0; i < operations; i++) {
        await this.#one(this.#next());
        this.done++;
        await sleep(this.#ports.random.next() * THINKS_MS);
      }
      await this.#settle();
    } catch (error) {
      this.problems.push(`${this.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async leave(): Promise<void> {
    try {
      if (this.#id !== null) await this.#one('delete');
      await this.#settle();
    } catch (error) {
      this.problems.push(`${this.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #next(): Operation {
    if (this.#id === null) return this.#ports.random.next() < 0.15 ? 'create-failing' : 'create';
    if (this.#isSuspended) return 'resume';
    return OPERATIONS[Math.floor(this.#ports.random.next() * OPERATIONS.length)] as Operation;
  }

  /** Some follow at once, while what was asked before is under way; visits must wait, as Heat has it, and nothing follows a deletion. */
  async #one(operation: Operation): Promise<void> {
    const waits = ['suspend', 'check', 'resume', 'create', 'create-failing', 'hook', 'cancel', 'halt'].includes(operation);
    const isGoing = this.#wanted?.states.includes('DELETE_COMPLETE') === true;
    if (waits || isGoing || this.#ports.random.next() < 0.6) await this.#settle();
    // It may have gone meanwhile.
    if (this.#id === null && !operation.startsWith('create')) return this.#one('create');
    this.#ports.print(`${this.name}: ${operation}`);
    await this.#request(operation);
    this.#isSettled = false;
  }

  async #request(operation: Operation): Promise<void> {
    switch (operation) {
      case 'create':
      case 'create-failing':
        return this.#create(operation === 'create-failing');
      case 'update':
        return this.#update(this.#definition({}), true);
      case 'fail':
        return this.#update(this.#definition({ fails: true }), true);
      case 'roll-back':
        return this.#update(this.#definition({ fails: true }), false);
      case 'hook':
        await this.#update(this.#definition({ hook: true }), true);
        return this.#clearHook();
      case 'cancel':
      case 'halt':
        return this.#cancel(operation);
      case 'suspend':
      case 'resume':
      case 'check':
        return this.#visit(operation);
      case 'delete':
        return this.#delete();
    }
  }

  #definition(given: Partial<Definition>): Definition {
    this.#generation++;
    return { generation: this.#generation, fails: false, hook: false, ...given };
  }

  async #create(fails: boolean): Promise<void> {
    const definition = this.#definition({ fails });
    const rollsBack = fails && this.#ports.random.next() < 0.5;
    const sent = { stack_name: this.name, disable_rollback: !rollsBack, ...bodyOf(definition) };
    const answer = await ask(this.#ports.rest, 'POST', this.#ports.stacks(), sent);
    if (answer.status === 201) this.#id = (answer.body as { stack: { id: string } }).stack.id;
    else if (answer.status === 409 && answer.repeated) this.#id = await this.#findId();
    else throw new Error(unexpected('create', answer));
    this.#completed = [];
    this.#wanted = fails
      ? { states: [rollsBack ? 'ROLLBACK_COMPLETE' : 'CREATE_FAILED'], definitions: null }
      : { states: ['CREATE_COMPLETE'], definitions: [definition] };
  }

  async #findId(): Promise<string> {
    const { body } = await ask(this.#ports.rest, 'GET', `${this.#ports.stacks()}?name=${this.name}`);
    return (body as { stacks: { id: string }[] }).stacks[0]?.id as string;
  }

  async #update(definition: Definition, disableRollback: boolean): Promise<void> {
    const answer = await ask(this.#ports.rest, 'PUT', this.#url(), { disable_rollback: disableRollback, ...bodyOf(definition) });
    if (answer.status !== 202) throw new Error(unexpected('update', answer));
    // What was under way may or may not have been completed before.
    const before = this.#wanted?.definitions ?? [];
    if (!this.#isSettled) this.#completed = [...this.#completed, ...before];
    if (!definition.fails) this.#wanted = { states: ['UPDATE_COMPLETE'], definitions: [definition] };
    else if (disableRollback) this.#wanted = { states: ['UPDATE_FAILED'], definitions: null };
    else this.#wanted = { states: ['ROLLBACK_COMPLETE'], definitions: this.#completed.length === 0 ? null : this.#completed };
  }

  async #clearHook(): Promise<void> {
    for (const end = Date.now() + SETTLE_MS; Date.now() < end; await sleep(100)) {
      const answer = await ask(this.#ports.rest, 'POST', `${this.#url()}/resources/${HOOKED}/signal`, { unset_hook: 'pre-update' });
      if (answer.status < 300) return;
      const { stack_status: status } = await this.#look();
      if (status !== 'UPDATE_IN_PROGRESS') return;
    }
    throw new Error('the hook was never reached');
  }

  async #cancel(how: 'cancel' | 'halt'): Promise<void> {
    const definition = this.#definition({});
    await this.#update(definition, true);
    const former = this.#completed;
    await sleep(this.#ports.random.next() * 1_500);
    const action = how === 'cancel' ? 'cancel_update' : 'cancel_without_rollback';
    const answer = await ask(this.#ports.rest, 'POST', `${this.#url()}/actions`, { [action]: null });
    const end = how === 'cancel' ? 'ROLLBACK_COMPLETE' : 'UPDATE_FAILED';
    if (answer.status >= 400 && answer.status !== 400) throw new Error(unexpected(how, answer));
    // Refused: it was there already, or a first try had done it.
    const mayBeDone = answer.status === 400;
    const mayBeCancelled = !mayBeDone || answer.repeated;
    this.#wanted = {
      states: [...(mayBeDone ? ['UPDATE_COMPLETE'] : []), ...(mayBeCancelled ? [end] : []), ...(how === 'halt' ? ['UPDATE_COMPLETE'] : [])],
      definitions: how === 'halt' || former.length === 0 ? null : [...former, ...(mayBeDone ? [definition] : [])],
    };
    this.#completed = [...former, definition];
  }

  async #visit(action: 'suspend' | 'resume' | 'check'): Promise<void> {
    const before = await this.#look();
    const answer = await ask(this.#ports.rest, 'POST', `${this.#url()}/actions`, { [action]: null });
    // A second try finds the first one under way.
    if (answer.status >= 300 && !(answer.repeated && answer.status === 409)) throw new Error(unexpected(action, answer));
    this.#isSuspended = action === 'suspend';
    const word = action.toUpperCase();
    const wasWhole = before.stack_status.endsWith('_COMPLETE');
    this.#wanted = { states: [`${word}_COMPLETE`, ...(wasWhole ? [] : [`${word}_FAILED`])], definitions: null };
  }

  async #delete(): Promise<void> {
    const answer = await ask(this.#ports.rest, 'DELETE', this.#url());
    if (answer.status !== 204 && answer.status !== 404) throw new Error(unexpected('delete', answer));
    this.#wanted = { states: ['DELETE_COMPLETE'], definitions: null };
    this.#isSuspended = false;
  }

  /** Waits for the end of what was asked for last, and asks whether it is what it had to be. */
  async #settle(): Promise<void> {
    if (this.#wanted === null || this.#isSettled) return;
    const end = Date.now() + SETTLE_MS;
    let stack = await this.#look();
    while (stack.stack_status.endsWith('IN_PROGRESS')) {
      if (Date.now() > end)
        throw new Error(`stuck in ${stack.stack_status} for ${SETTLE_MS} ms (wanted ${this.#wanted.states.join(' or ')})`);
      await sleep(100);
      stack = await this.#look();
    }
    const { states, definitions } = this.#wanted;
    if (!states.includes(stack.stack_status))
      throw new Error(`ended ${stack.stack_status} (${stack.stack_status_reason}), wanted ${states.join(' or ')}`);
    this.#isSettled = true;
    if (stack.stack_status === 'DELETE_COMPLETE') this.#id = null;
    if (stack.stack_status.endsWith('COMPLETE') && definitions !== null) await this.#compare(stack, definitions);
  }

  async #compare(stack: StackBody, candidates: readonly Definition[]): Promise<void> {
    const generation = Number(stack.outputs?.find((output) => output.output_key === 'generation')?.output_value);
    const found = candidates.find((one) => one.generation === generation);
    if (found === undefined)
      throw new Error(`${stack.stack_status} is generation ${generation}, wanted ${candidates.map((one) => one.generation).join(' or ')}`);
    this.#completed = [found];
    const { body } = await ask(this.#ports.rest, 'GET', `${this.#url()}/resources`);
    const listed = (body as { resources: ResourceBody[] }).resources;
    const names = listed.map((one) => one.resource_name).sort();
    const wanted = resourcesOf(found);
    if (JSON.stringify(names) !== JSON.stringify(wanted)) throw new Error(`has ${names.join(' ')}, wanted ${wanted.join(' ')}`);
    const unwell = listed.filter((one) => !one.resource_status.endsWith('COMPLETE'));
    if (unwell.length > 0)
      throw new Error(`${stack.stack_status} with ${unwell.map((one) => `${one.resource_name} ${one.resource_status}`).join(', ')}`);
  }

  async #look(): Promise<StackBody> {
    const answer = await ask(this.#ports.rest, 'GET', this.#url());
    if (answer.status === 404) return { id: '', stack_status: 'DELETE_COMPLETE', stack_status_reason: '' };
    if (answer.status !== 200) throw new Error(unexpected('show', answer));
    return (answer.body as { stack: StackBody }).stack;
  }

  #url(): string {
    return `${this.#ports.stacks()}/${this.name}/${this.#id}`;
  }
}

const unexpected = (what: string, { status, body }: Answered): string => `${what} answered ${status} ${JSON.stringify(body)}`;
