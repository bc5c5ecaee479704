/** Why a stack or a resource waits or has failed, down through nested stacks, from the planner's own reasons; and what can be done. */
import { DEFAULT_LIMITS, explainRows, type ExplainedRow } from '@hearth/engine';
import { findOwnership, listResources, type Ownership, type StackRecord } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { ownLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { storedDefinitions } from '../stack-reading.ts';
import { findingOf, type Finding } from './findings-text.ts';
import { checkPaths, nestedStack } from './resource-paths.ts';
import { stackText, type StackText } from './stack-text.ts';

export type { Finding } from './findings-text.ts';

export interface Explanation extends StackText {
  readonly stack: StackRecord;
  readonly ownership: Ownership;
  /** What is not as it is wanted; of one resource, when it was asked for: what stands in its way. */
  readonly findings: readonly Finding[];
  /** There is more that is not told. */
  readonly isCut: boolean;
}

const MOST_FINDINGS = 500;
const MOST_STACKS = 100;

/** `path`: of one resource and what is in it; null: of all. */
export async function explainStack(ports: StackPorts, caller: Caller, key: StackKey, path: string | null): Promise<Explanation> {
  const stack = await ownLiveStack(ports.database, caller, key);
  if (path !== null) await checkPaths(ports, ports.database, stack, [path]);
  const ownership = await findOwnership(ports.database, stack.id);
  const reading = new Reading(ports, stack.name);
  await reading.read(stack, '', path?.split('/') ?? null);
  const { findings, isCut } = reading;
  return { stack, ownership, findings, isCut, ...stackText(stack, ownership, ports.clock.now()) };
}

class Reading {
  readonly findings: Finding[] = [];
  isCut = false;
  #stacks = 0;
  readonly #ports: StackPorts;
  readonly #rootName: string;

  constructor(ports: StackPorts, rootName: string) {
    this.#ports = ports;
    this.#rootName = rootName;
  }

  /** `only`: the way to the one resource that is asked for. */
  async read(stack: StackRecord, above: string, only: readonly string[] | null): Promise<void> {
    if (++this.#stacks > MOST_STACKS || this.findings.length >= MOST_FINDINGS) {
      this.isCut = true;
      return;
    }
    const { database, secretBox, registry, random, clock } = this.#ports;
    const definitions = await storedDefinitions(this.#ports, stack);
    const resources = await listResources(database, secretBox, stack.id);
    const now = clock.now();
    const snapshot = { stack, definitions, resources, credential: null, snapshots: [] };
    const rows = explainRows(snapshot, registry, random, { now, inFlight: DEFAULT_LIMITS.inFlightPerStack });
    for (const one of only === null ? rows : rows.filter(({ name }) => name === only[0])) {
      if (this.findings.length >= MOST_FINDINGS) {
        this.isCut = true;
        return;
      }
      await this.#tell(stack, above, one, now, only);
    }
  }

  async #tell(stack: StackRecord, above: string, one: ExplainedRow, now: number, only: readonly string[] | null): Promise<void> {
    const path = `${above}${one.name}`;
    const isBelow = ['in-flight', 'failed', 'retrying'].includes(one.cause.kind);
    const child = isBelow ? await nestedStack(this.#ports, this.#ports.database, one.row ?? undefined) : null;
    const rest = only === null || only.length === 1 ? null : only.slice(1);
    if (rest === null) this.findings.push(findingOf({ rootName: this.#rootName, stack, above, path, one, child, now }));
    if (child !== null && child.status !== 'COMPLETE') await this.read(child, `${path}/`, rest);
  }
}
