/** `…/stacks/{stack}/…`: ways out of every state, versions to go back to, and why a stack is as it is. */
import { json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Caller, Explanation, Finding, PlacedLeftover, StackKey, StackRecord, StackUseCases, VersionView } from '@hearth/stacks';
import { limitOf, refused, refuseUnknown } from './request-values.ts';

export type RecoveryUseCases = Pick<
  StackUseCases,
  | 'findStack'
  | 'retryStack'
  | 'continueStack'
  | 'cancelStack'
  | 'forceDeleteStack'
  | 'listLeftovers'
  | 'listVersions'
  | 'showVersion'
  | 'returnToVersion'
  | 'explainStack'
>;

/** Who asks, as the token and the URL say; `isChange`: as members of the project may. */
type CallerOf = (request: ApiRequest, isChange: boolean, rule: string) => Caller;
type Work = (caller: Caller, key: StackKey, body: JsonObject, request: ApiRequest) => Promise<Answer>;

const STACK = '/v1/:project/stacks/:stack';

export function recoveryRoutes(stacks: RecoveryUseCases, callerOf: CallerOf): readonly Route[] {
  const keyOf = async (caller: Caller, { params }: ApiRequest): Promise<StackKey> => {
    const { id } = await stacks.findStack(caller, params['stack'] ?? '');
    return { id, name: null };
  };
  const change = (path: string, keys: readonly string[], work: Work): Route => ({
    method: 'POST',
    path: `${STACK}/${path}`,
    async handle(request) {
      refuseUnknown(request.query, NONE);
      const caller = callerOf(request, true, 'stacks:update');
      return work(caller, await keyOf(caller, request), bodyOf(request, keys), request);
    },
  });
  const look = (path: string, parameters: ReadonlySet<string>, work: Work): Route => ({
    method: 'GET',
    path: `${STACK}/${path}`,
    async handle(request) {
      refuseUnknown(request.query, parameters);
      const caller = callerOf(request, false, 'stacks:show');
      return work(caller, await keyOf(caller, request), {}, request);
    },
  });
  const explained = async (caller: Caller, key: StackKey, path: string | null): Promise<Answer> =>
    json(200, shownExplanation(await stacks.explainStack(caller, key, path)));
  return [
    change('retry', [], async (caller, key) => accepted(await stacks.retryStack(caller, key))),
    change('continue', ['skip'], async (caller, key, body) => accepted(await stacks.continueStack(caller, key, pathsIn(body, 'skip')))),
    change('cancel', ['rollback'], async (caller, key, body) =>
      accepted(await stacks.cancelStack(caller, key, truth(body, 'rollback', false))),
    ),
    change('force-delete', ['retain', 'force', 'timeout_mins'], async (caller, key, body) => {
      const request = { retain: pathsIn(body, 'retain'), isForced: truth(body, 'force', true), timeoutMins: minutes(body) };
      return accepted(await stacks.forceDeleteStack(caller, key, request));
    }),
    look('leftovers', LIMIT, async (caller, key, _body, { query }) => leftovers(await stacks.listLeftovers(caller, key, limitOf(query)))),
    {
      method: 'GET',
      path: '/v1/:project/leftovers',
      async handle(request) {
        refuseUnknown(request.query, LIMIT);
        return leftovers(await stacks.listLeftovers(callerOf(request, false, 'stacks:index'), null, limitOf(request.query)));
      },
    },
    look('versions', NONE, async (caller, key) =>
      json(200, { versions: (await stacks.listVersions(caller, key)).versions.map(shownVersion) }),
    ),
    look('versions/:version', NONE, async (caller, key, _body, { params }) => {
      const { version, template, files } = await stacks.showVersion(caller, key, numberOf(params['version']));
      return json(200, { version: { ...shownVersion(version), template, files: [...files] } });
    }),
    change('versions/:version/rollback', [], async (caller, key, _body, { params }) =>
      accepted(await stacks.returnToVersion(caller, key, numberOf(params['version']))),
    ),
    look('explain', RESOURCE, (caller, key, _body, { query }) => explained(caller, key, query.get('resource'))),
    look('resources/:resource/explain', NONE, (caller, key, _body, { params }) => explained(caller, key, params['resource'] ?? '')),
  ];
}

const NONE: ReadonlySet<string> = new Set();
const LIMIT: ReadonlySet<string> = new Set(['limit']);
const RESOURCE: ReadonlySet<string> = new Set(['resource']);

/** No body is an empty one. */
function bodyOf({ body }: ApiRequest, keys: readonly string[]): JsonObject {
  if (body === undefined || body === null) return {};
  if (!isJsonObject(body)) throw refused('The body must be a JSON object.');
  const unknown = Object.keys(body).find((key) => !keys.includes(key));
  if (unknown === undefined) return body;
  throw refused(`There is no "${unknown.slice(0, 60)}" in the body; there is ${keys.length === 0 ? 'nothing' : keys.join(', ')}.`);
}

function pathsIn(body: JsonObject, key: string): readonly string[] {
  const paths = body[key] ?? [];
  if (!isJsonArray(paths) || !paths.every((path) => typeof path === 'string' && path !== ''))
    throw refused(`"${key}" must be a list of names, with a slash before what is in a nested stack: ["server", "group/0/server"].`);
  return paths as readonly string[];
}

function truth(body: JsonObject, key: string, usual: boolean): boolean {
  const given: Json = body[key] ?? usual;
  if (typeof given !== 'boolean') throw refused(`"${key}" must be true or false.`);
  return given;
}

function minutes(body: JsonObject): number | null {
  const given: Json = body['timeout_mins'] ?? null;
  if (given !== null && (typeof given !== 'number' || !Number.isInteger(given) || given < 1))
    throw refused('"timeout_mins" must be a whole number of minutes from 1 up.');
  return given;
}

function numberOf(text: string | undefined): number {
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text);
  throw refused('The number of a version is a whole number.');
}

const isoTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const shownStack = ({ id, name, action, status, statusReason, exceptions }: StackRecord): JsonObject => ({
  id,
  name,
  action,
  status,
  status_reason: statusReason,
  skipped: [...(exceptions?.skipped ?? [])],
  retained: [...(exceptions?.retained ?? [])],
});
const accepted = (stack: StackRecord): Answer => json(202, { stack: shownStack(stack) });

const leftovers = (found: readonly PlacedLeftover[]): Answer =>
  json(200, {
    leftovers: found.map((one) => ({
      stack_id: one.stackId,
      stack_name: one.stackName,
      root_stack_id: one.rootId,
      resource_name: one.resourceName,
      resource_type: one.resourceType,
      physical_name: one.physicalName,
      physical_resource_id: one.physicalId,
      reason: one.reason,
      time: isoTime(one.at),
    })),
  });

const shownVersion = ({ number, madeAt, madeBy, returnsTo, completedAt, isPresent, isWanted, changes }: VersionView): JsonObject => ({
  number,
  made_at: isoTime(madeAt),
  made_by: madeBy,
  returns_to: returnsTo,
  completed_at: isoTime(completedAt),
  is_present: isPresent,
  is_wanted: isWanted,
  changes:
    changes === null
      ? null
      : {
          added: [...changes.added],
          removed: [...changes.removed],
          changed: [...changes.changed],
          parameters: [...changes.parameters],
          others: [...changes.others],
        },
});

const shownExplanation = ({ stack, ownership, summary, remedy, findings, isCut }: Explanation): JsonObject => ({
  stack: shownStack(stack),
  summary,
  remedy,
  owner: ownership.holder,
  engines: ownership.engines,
  findings: findings.map(shownFinding),
  cut: isCut,
});

const shownFinding = (one: Finding): JsonObject => ({
  path: one.path,
  type: one.type,
  state: one.state,
  cause: one.cause,
  message: one.message,
  remedy: one.remedy,
  waits_for: [...one.waitsFor],
  since: isoTime(one.since),
  next_look_at: isoTime(one.nextLookAt),
  attempts: one.attempts,
  last_error: one.lastError,
});
