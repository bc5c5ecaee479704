/** `…/stacks/{stack}/drift`: looking for drift, what was found, taking it for good, and bringing it back. */
import { json, type Answer, type ApiRequest, type Facade } from '@hearth/http-kit';
import { isJsonArray, isJsonObject, type JsonObject } from '@hearth/kernel';
import type { Caller, DriftReport, ReportedResource, StackKey, StackUseCases } from '@hearth/stacks';
import { refused, refuseUnknown } from './request-values.ts';

export type DriftUseCases = Pick<
  StackUseCases,
  'findStack' | 'detectDrift' | 'driftReport' | 'acceptDrift' | 'revertDrift' | 'scheduleDrift'
>;

/** Who asks, and whether that may: `isChange` for what is not only read. */
type CallerOf = (request: ApiRequest, isChange: boolean, rule: string) => Caller;

const PATH = '/v1/:project/stacks/:stack/drift';

export function driftRoutes(stacks: DriftUseCases, callerOf: CallerOf): Facade['routes'] {
  const keyOf = async (caller: Caller, request: ApiRequest): Promise<StackKey> => {
    refuseUnknown(request.query, NO_PARAMETERS);
    const { id } = await stacks.findStack(caller, request.params['stack'] ?? '');
    return { id, name: null };
  };
  const onChange =
    (work: (caller: Caller, key: StackKey, body: JsonObject) => Promise<Answer>) =>
    async (request: ApiRequest): Promise<Answer> => {
      const caller = callerOf(request, true, 'stacks:update');
      return work(caller, await keyOf(caller, request), bodyOf(request));
    };
  return [
    {
      method: 'GET',
      path: PATH,
      async handle(request) {
        const caller = callerOf(request, false, 'stacks:show');
        return json(200, shownReport(await stacks.driftReport(caller, await keyOf(caller, request))));
      },
    },
    {
      method: 'POST',
      path: PATH,
      handle: onChange(async (caller, key, body) => {
        onlyKeys(body, []);
        await stacks.detectDrift(caller, key);
        return json(202, shownReport(await stacks.driftReport(caller, key)));
      }),
    },
    {
      method: 'PUT',
      path: PATH,
      handle: onChange(async (caller, key, body) => {
        onlyKeys(body, ['every_minutes']);
        await stacks.scheduleDrift(caller, key, everyMins(body));
        return json(200, shownReport(await stacks.driftReport(caller, key)));
      }),
    },
    {
      method: 'POST',
      path: `${PATH}/accept`,
      handle: onChange(async (caller, key, body) => {
        onlyKeys(body, ['resources']);
        return json(200, { accepted: await stacks.acceptDrift(caller, key, pathsIn(body)) });
      }),
    },
    {
      method: 'POST',
      path: `${PATH}/revert`,
      handle: onChange(async (caller, key, body) => {
        onlyKeys(body, ['resources']);
        const { id, name, action, status } = await stacks.revertDrift(caller, key, pathsIn(body));
        return json(202, { stack: { id, name, action, status } });
      }),
    },
  ];
}

const NO_PARAMETERS: ReadonlySet<string> = new Set();

/** No body is an empty one. */
function bodyOf({ body }: ApiRequest): JsonObject {
  if (body === undefined || body === null) return {};
  if (!isJsonObject(body)) throw refused('The body must be a JSON object.');
  return body;
}

function onlyKeys(body: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(body).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const there = known.length === 0 ? 'the body is empty here' : `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
  throw refused(`There is no "${unknown.slice(0, 60)}" in the body; ${there}.`);
}

function pathsIn(body: JsonObject): readonly string[] {
  const paths = body['resources'] ?? [];
  if (!isJsonArray(paths) || !paths.every((path) => typeof path === 'string' && path !== ''))
    throw refused('"resources" must be a list of names, with a slash before what is in a nested stack: ["server", "group/0/server"].');
  return paths as readonly string[];
}

function everyMins(body: JsonObject): number | null {
  const every = body['every_minutes'];
  if (every === undefined || (every !== null && typeof every !== 'number'))
    throw refused('"every_minutes" must be a whole number of minutes, 0 for never, or null for the usual.');
  return every;
}

const isoTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const word = (state: string): string => state.replaceAll('-', '_');

function shownReport(report: DriftReport): JsonObject {
  const { stack, counts } = report;
  return {
    stack: { id: stack.id, name: stack.name, action: stack.action, status: stack.status },
    asked_at: isoTime(report.askedAt),
    complete: report.isComplete,
    schedule: { every_minutes: report.everyMins, next_at: isoTime(report.nextAt) },
    summary: { resources: report.resources.length, ...Object.fromEntries(Object.entries(counts).map(([state, n]) => [word(state), n])) },
    resources: report.resources.map(shownResource),
  };
}

const shownResource = (one: ReportedResource): JsonObject => ({
  path: one.path,
  type: one.type,
  physical_id: one.physicalId,
  stack_id: one.stackId,
  state: word(one.state),
  looked_at: isoTime(one.lookedAt),
  since: isoTime(one.since),
  reason: one.reason,
  differences: one.differences.map(({ property, expected, actual, isAccepted, isSecret }) => ({
    property,
    expected,
    actual,
    accepted: isAccepted,
    secret: isSecret,
  })),
});
