/** Drift of stacks, from `/hearth/v1`: wanting to know of it, what was found, taking it for good, bringing it back. */
import type { Json, JsonObject } from '@hearth/kernel';
import { countsOf, listOf, numberOf, objectOf, textOf, textOrEmpty } from './reading.ts';
import type { Session } from './session.ts';

export interface DriftDifference {
  readonly property: string;
  readonly expected: Json;
  readonly actual: Json;
  readonly isAccepted: boolean;
}
export interface DriftedResource {
  readonly path: string;
  readonly type: string;
  readonly physicalId: string | null;
  /** `in_sync`, `drifted`, `gone`, `unknown`, `waiting`, `under_way` or `not_looked_at`. */
  readonly state: string;
  readonly lookedAt: string | null;
  readonly since: string | null;
  readonly reason: string | null;
  readonly differences: readonly DriftDifference[];
}
export interface DriftReport {
  readonly stack: string;
  readonly askedAt: string | null;
  /** Everything that can be looked at has been. */
  readonly isComplete: boolean;
  readonly everyMinutes: number | null;
  /** How many are in each state. */
  readonly summary: Readonly<Record<string, number>>;
  readonly resources: readonly DriftedResource[];
  /** As the server said it. */
  readonly body: Json;
}

export interface DriftClient {
  detect(stack: string): Promise<DriftReport>;
  report(stack: string): Promise<DriftReport>;
  /** Gives the paths of those whose drift was accepted. */
  accept(stack: string, paths: readonly string[]): Promise<readonly string[]>;
  /** No paths: everything. */
  revert(stack: string, paths: readonly string[]): Promise<void>;
  /** 0: never; null: as the operator says. */
  schedule(stack: string, everyMinutes: number | null): Promise<DriftReport>;
}

/** `endpoint`: as `hearthEndpoint` gives it. Throws `Failure`: `not-found` where there is no such stack, or the server is not ours. */
export function driftClient(session: Session, endpoint: string): DriftClient {
  const address = (stack: string, more = ''): string => `${endpoint}/stacks/${encodeURIComponent(stack)}/drift${more}`;
  const ask = async (method: 'GET' | 'POST' | 'PUT', url: string, body?: JsonObject): Promise<Json> =>
    (await session.ask({ method, url, ...(body !== undefined && { body }) })).body;
  return {
    detect: async (stack) => readReport(await ask('POST', address(stack), {})),
    report: async (stack) => readReport(await ask('GET', address(stack))),
    async accept(stack, resources) {
      const body = await ask('POST', address(stack, '/accept'), { resources });
      return listOf(body, 'accepted').map(String);
    },
    async revert(stack, resources) {
      await ask('POST', address(stack, '/revert'), { resources });
    },
    schedule: async (stack, every) => readReport(await ask('PUT', address(stack), { every_minutes: every })),
  };
}

function readReport(body: Json): DriftReport {
  const top = objectOf(body);
  return {
    stack: textOrEmpty(objectOf(top['stack'])['name']),
    askedAt: textOf(top['asked_at']),
    isComplete: top['complete'] === true,
    everyMinutes: numberOf(objectOf(top['schedule'])['every_minutes']),
    summary: countsOf(top['summary']),
    resources: listOf(body, 'resources').map(readResource),
    body,
  };
}

function readResource(value: Json): DriftedResource {
  const one = objectOf(value);
  return {
    path: textOrEmpty(one['path']),
    type: textOrEmpty(one['type']),
    physicalId: textOf(one['physical_id']),
    state: textOf(one['state']) ?? 'unknown',
    lookedAt: textOf(one['looked_at']),
    since: textOf(one['since']),
    reason: textOf(one['reason']),
    differences: listOf(value, 'differences').map((entry) => {
      const { property, expected = null, actual = null, accepted } = objectOf(entry);
      return { property: textOrEmpty(property), expected, actual, isAccepted: accepted === true };
    }),
  };
}
