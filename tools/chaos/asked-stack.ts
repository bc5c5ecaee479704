/** One stack as its user knows it: what was asked for last, what may have become of it, and the ways to ask. */
import type { Random } from '@hearth/kernel';
import type { Rest } from '../server/rest.ts';
import type { Definition } from './definitions.ts';
import { ask, type Answered } from './persistent-rest.ts';

export interface LifePorts {
  readonly rest: Rest;
  /** Where the project's stacks are; may change. */
  readonly stacks: () => string;
  readonly random: Random;
  readonly print: (line: string) => void;
}

/** What the last request asks for. */
export interface Wanted {
  /** May be its end. */
  readonly states: readonly string[];
  /** May be there then; null: not known, or none. */
  readonly definitions: readonly Definition[] | null;
  /** Resources that are left as they are. */
  readonly skipped?: readonly string[];
  /** Resources that may be left in the cloud. */
  readonly retained?: readonly string[];
}

export interface StackBody {
  readonly id: string;
  readonly stack_status: string;
  readonly stack_status_reason: string;
  readonly outputs?: readonly { readonly output_key: string; readonly output_value: unknown }[];
}
export interface ResourceBody {
  readonly resource_name: string;
  readonly resource_type: string;
  readonly physical_resource_id: string;
  readonly resource_status: string;
}

export class AskedStack {
  readonly name: string;
  readonly ports: LifePorts;
  id: string | null = null;
  wanted: Wanted | null = null;
  isSettled = true;
  isSuspended = false;
  /** Where it ended last. */
  state = '';
  /** What is there for sure; null: it failed, or nothing is. */
  present: Definition | null = null;
  /** What it may have been brought to for the last time; null: to nothing, and what it was told first fails for good. */
  completed: readonly (Definition | null)[] = [];
  /** What was sent last. */
  sent: Definition | null = null;
  readonly #known = new Map<number, Definition>();
  #generation = 0;

  constructor(name: string, ports: LifePorts) {
    this.name = name;
    this.ports = ports;
  }

  /** The next one, unlike all before. */
  newDefinition(given: Partial<Definition> = {}): Definition {
    this.#generation++;
    const made = { generation: this.#generation, fails: false, hook: false, ...given };
    this.#known.set(made.generation, made);
    this.sent = made;
    return made;
  }
  definitionOf = (generation: number): Definition | undefined => this.#known.get(generation);
  readonly definitions = (): Iterable<Definition> => this.#known.values();

  chance(of: number): boolean {
    return this.ports.random.next() < of;
  }

  /** Of Heat's API; `path` continues that of the stack. */
  heat(method: string, path = '', body?: unknown): Promise<Answered> {
    return ask(this.ports.rest, method, `${this.ports.stacks()}/${this.name}/${this.id}${path}`, body);
  }
  /** Of all stacks. */
  heatStacks(method: string, path = '', body?: unknown): Promise<Answered> {
    return ask(this.ports.rest, method, `${this.ports.stacks()}${path}`, body);
  }
  /** Of our own API. */
  hearth(method: string, path: string, body?: unknown): Promise<Answered> {
    const base = this.ports.stacks().replace(/\/v1\/.*/, `/hearth/v1/${this.ports.rest.projectId}`);
    return ask(this.ports.rest, method, `${base}/stacks/${this.id}${path}`, body);
  }
  /** Of the cloud. */
  network(method: string, path: string, body?: unknown): Promise<Answered> {
    return ask(this.ports.rest, method, `${this.ports.rest.endpoint('network')}/v2.0${path}`, body);
  }

  async look(): Promise<StackBody> {
    const answer = await this.heat('GET');
    if (answer.status === 404) return { id: '', stack_status: 'DELETE_COMPLETE', stack_status_reason: '' };
    if (answer.status !== 200) throw unexpected('show', answer);
    return (answer.body as { stack: StackBody }).stack;
  }

  async resources(): Promise<readonly ResourceBody[]> {
    const answer = await this.heat('GET', '/resources');
    if (answer.status !== 200) throw unexpected('resources', answer);
    return (answer.body as { resources: ResourceBody[] }).resources;
  }
}

export const unexpected = (what: string, { status, body }: Answered): Error =>
  new Error(`${what} answered ${status} ${JSON.stringify(body)}`);
