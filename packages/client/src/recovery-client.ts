/** Ways out of every state of a stack, its versions, and why it is as it is, from `/hearth/v1`. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { listOf, numberOf, objectOf, textOf, textOrEmpty } from './reading.ts';
import type { Session } from './session.ts';

export interface WhyFinding {
  readonly path: string;
  readonly state: string;
  readonly message: string;
  readonly remedy: string | null;
}
export interface Why {
  readonly summary: string;
  readonly remedy: string | null;
  readonly findings: readonly WhyFinding[];
  /** There is more that was not told. */
  readonly isCut: boolean;
  /** As the server said it. */
  readonly body: Json;
}
export interface StackVersion {
  readonly number: number;
  readonly madeAt: string;
  readonly madeBy: string | null;
  readonly returnsTo: number | null;
  readonly completedAt: string | null;
  readonly isPresent: boolean;
  /** In short, for people. */
  readonly changes: string;
}
export interface Leftover {
  readonly stackName: string;
  readonly resourceName: string;
  readonly resourceType: string;
  readonly physicalId: string | null;
  readonly reason: string;
}

/** A stack is named by its name or id. Throws `Failure`: `not-found` where there is none, or the server is not ours. */
export interface RecoveryClient {
  retry(stack: string): Promise<void>;
  goOn(stack: string, skip: readonly string[]): Promise<void>;
  cancel(stack: string, rollsBack: boolean): Promise<void>;
  forceDelete(
    stack: string,
    wish: { readonly retain: readonly string[]; readonly isForced: boolean; readonly timeoutMins: number | null },
  ): Promise<void>;
  leftovers(stack: string | null): Promise<readonly Leftover[]>;
  versions(stack: string): Promise<readonly StackVersion[]>;
  template(stack: string, version: number): Promise<Json>;
  rollback(stack: string, version: number): Promise<void>;
  /** `path` null: all of it. */
  why(stack: string, path: string | null): Promise<Why>;
}

/** `endpoint`: as `hearthEndpoint` gives it. */
export function recoveryClient(session: Session, endpoint: string): RecoveryClient {
  const address = (stack: string, more: string): string => `${endpoint}/stacks/${encodeURIComponent(stack)}/${more}`;
  const get = async (url: string): Promise<Json> => (await session.ask({ method: 'GET', url })).body;
  const post = async (stack: string, more: string, body: JsonObject = {}): Promise<void> => {
    await session.ask({ method: 'POST', url: address(stack, more), body });
  };
  return {
    retry: (stack) => post(stack, 'retry'),
    goOn: (stack, skip) => post(stack, 'continue', { skip }),
    cancel: (stack, rollback) => post(stack, 'cancel', { rollback }),
    forceDelete: (stack, { retain, isForced, timeoutMins }) =>
      post(stack, 'force-delete', { retain, force: isForced, ...(timeoutMins !== null && { timeout_mins: timeoutMins }) }),
    async leftovers(stack) {
      const body = await get(stack === null ? `${endpoint}/leftovers?limit=1000` : address(stack, 'leftovers?limit=1000'));
      return listOf(body, 'leftovers').map(readLeftover);
    },
    versions: async (stack) => listOf(await get(address(stack, 'versions')), 'versions').map(readVersion),
    template: async (stack, version) => objectOf(objectOf(await get(address(stack, `versions/${version}`)))['version'])['template'] ?? null,
    rollback: (stack, version) => post(stack, `versions/${version}/rollback`),
    async why(stack, path) {
      const body = await get(address(stack, path === null ? 'explain' : `explain?resource=${encodeURIComponent(path)}`));
      const top = objectOf(body);
      const findings = listOf(body, 'findings').map(readFinding);
      return { summary: textOrEmpty(top['summary']), remedy: textOf(top['remedy']), findings, isCut: top['cut'] === true, body };
    },
  };
}

function readFinding(value: Json): WhyFinding {
  const one = objectOf(value);
  return {
    path: textOrEmpty(one['path']),
    state: textOrEmpty(one['state']),
    message: textOrEmpty(one['message']),
    remedy: textOf(one['remedy']),
  };
}

function readLeftover(value: Json): Leftover {
  const one = objectOf(value);
  return {
    stackName: textOrEmpty(one['stack_name']),
    resourceName: textOrEmpty(one['resource_name']),
    resourceType: textOrEmpty(one['resource_type']),
    physicalId: textOf(one['physical_resource_id']),
    reason: textOrEmpty(one['reason']),
  };
}

function readVersion(value: Json): StackVersion {
  const one = objectOf(value);
  return {
    number: numberOf(one['number']) ?? 0,
    madeAt: textOrEmpty(one['made_at']),
    madeBy: textOf(one['made_by']),
    returnsTo: numberOf(one['returns_to']),
    completedAt: textOf(one['completed_at']),
    isPresent: one['is_present'] === true,
    changes: changesText(one['changes'] ?? null),
  };
}

const SIGNS: readonly (readonly [key: string, sign: string])[] = [
  ['added', '+'],
  ['removed', '-'],
  ['changed', '~'],
  ['parameters', 'parameter '],
  ['others', ''],
];

function changesText(changes: Json): string {
  if (!isJsonObject(changes)) return '';
  const words = SIGNS.flatMap(([key, sign]) => listOf(changes, key).map((name) => `${sign}${String(name)}`));
  return words.length === 0 ? 'nothing' : words.join(', ');
}
