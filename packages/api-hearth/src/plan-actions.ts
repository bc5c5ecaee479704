/** Plans over HTTP: making one for a stack that is there or not, looking at it, applying it. */
import { json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import {
  DEFINITION_KEYS,
  hasTemplate,
  namesIn,
  readDefinitionInput,
  type Caller,
  type CreateStack,
  type Plan,
  type PropertyChange,
  type ResourceChange,
  type SeenDifference,
  type StackKey,
  type StackUseCases,
  type UpdateStack,
} from '@hearth/stacks';
import { refused, refuseUnknown } from './request-values.ts';

export type PlanUseCases = Pick<StackUseCases, 'findStack' | 'planCreation' | 'planUpdate' | 'planDeletion' | 'showPlan' | 'applyPlan'>;

/** Who asks, as the token and the URL say; `isChange`: as members of the project may. */
type CallerOf = (request: ApiRequest, isChange: boolean, rule: string) => Caller;

export function planRoutes(stacks: PlanUseCases, callerOf: CallerOf): readonly Route[] {
  const stackOf = async (caller: Caller, { params }: ApiRequest): Promise<StackKey> => {
    const { id, name } = await stacks.findStack(caller, params['stack'] ?? '');
    return { id, name };
  };
  const idOf = ({ params }: ApiRequest): string => params['plan'] ?? '';
  const show = async (request: ApiRequest, isOfStack: boolean): Promise<Answer> => {
    refuseUnknown(request.query, new Set());
    const caller = callerOf(request, false, 'plans:show');
    const stack = isOfStack ? await stackOf(caller, request) : null;
    return json(200, { plan: shownPlan(await stacks.showPlan(caller, idOf(request), stack)) });
  };
  const apply = async (request: ApiRequest, isOfStack: boolean): Promise<Answer> => {
    refuseUnknown(request.query, new Set());
    const caller = callerOf(request, true, 'plans:apply');
    const stack = isOfStack ? await stackOf(caller, request) : null;
    const applied = await stacks.applyPlan(caller, idOf(request), stack);
    return json(202, { plan: shownPlan(applied.plan), stack: { ...applied.stack } });
  };
  const planStack = async (request: ApiRequest): Promise<Answer> => {
    refuseUnknown(request.query, new Set());
    const caller = callerOf(request, true, 'plans:create');
    const body = bodyOf(request);
    const stack = await stackOf(caller, request);
    const plan =
      kindOf(body) === 'delete' ? await stacks.planDeletion(caller, stack) : await stacks.planUpdate(caller, stack, updateOf(body));
    return json(201, { plan: shownPlan(plan) });
  };
  const planNew = async (request: ApiRequest): Promise<Answer> => {
    refuseUnknown(request.query, new Set());
    const caller = callerOf(request, true, 'plans:create');
    return json(201, { plan: shownPlan(await stacks.planCreation(caller, creationOf(bodyOf(request)))) });
  };
  const project = '/v1/:project/plans';
  const stack = '/v1/:project/stacks/:stack/plans';
  return [
    { method: 'POST', path: project, handle: planNew },
    { method: 'POST', path: stack, handle: planStack },
    ...[project, stack].flatMap((path): readonly Route[] => [
      { method: 'GET', path: `${path}/:plan`, handle: (request) => show(request, path === stack) },
      { method: 'POST', path: `${path}/:plan/apply`, handle: (request) => apply(request, path === stack) },
    ]),
  ];
}

function bodyOf({ body }: ApiRequest): JsonObject {
  if (!isJsonObject(body)) throw refused('The request needs a body that is a JSON object.');
  return body;
}

const COMMON = [...DEFINITION_KEYS, 'timeout_mins', 'disable_rollback', 'tags'];

function refuseOtherKeys(body: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(body).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw refused(`There is nothing called "${unknown.slice(0, 60)}" in this body; there are ${known.join(', ')}.`);
}

function kindOf(body: JsonObject): 'update' | 'delete' {
  const kind = body['kind'] ?? 'update';
  if (kind !== 'update' && kind !== 'delete') throw refused('"kind" must be update or delete.');
  if (kind === 'delete') refuseOtherKeys(body, ['kind']);
  return kind;
}

function updateOf(body: JsonObject): UpdateStack {
  refuseOtherKeys(body, [...COMMON, 'kind', 'existing', 'clear_parameters']);
  const input = readDefinitionInput(body, refused);
  const isPatch = booleanIn(body, 'existing') ?? false;
  if (!isPatch && !hasTemplate(input))
    throw refused('"template" is missing: text in YAML or JSON, or a map. With "existing": true the one that the stack has is taken.');
  return {
    ...input,
    ...termsOf(body),
    mode: isPatch ? 'patch' : 'replace',
    disableRollback: booleanIn(body, 'disable_rollback'),
    clearParameters: namesIn(body, 'clear_parameters', refused),
  };
}

function creationOf(body: JsonObject): CreateStack {
  refuseOtherKeys(body, [...COMMON, 'stack_name']);
  const input = readDefinitionInput(body, refused);
  const name = body['stack_name'];
  if (typeof name !== 'string' || name === '') throw refused('"stack_name" is missing: text.');
  if (!hasTemplate(input)) throw refused('"template" is missing: text in YAML or JSON, or a map.');
  return { ...input, ...termsOf(body), name, disableRollback: booleanIn(body, 'disable_rollback') ?? true };
}

function termsOf(body: JsonObject): { readonly timeoutMins: number | null; readonly tags: readonly string[] | null } {
  const timeoutMins = body['timeout_mins'] ?? null;
  if (timeoutMins !== null && (typeof timeoutMins !== 'number' || !Number.isInteger(timeoutMins) || timeoutMins < 1))
    throw refused('"timeout_mins" must be a whole number of minutes, 1 or more.');
  return { timeoutMins, tags: tagsIn(body['tags'] ?? null) };
}

const MAX_TAG_LENGTH = 80;

function tagsIn(given: Json): readonly string[] | null {
  if (given === null || given === '') return null;
  const tags = typeof given === 'string' ? given.split(',') : given;
  const isTag = (tag: Json): boolean => typeof tag === 'string' && tag !== '' && tag.length <= MAX_TAG_LENGTH && !tag.includes(',');
  if (!isJsonArray(tags) || !tags.every(isTag))
    throw refused(`"tags" must be a list of texts of at most ${MAX_TAG_LENGTH} characters without commas.`);
  return tags as readonly string[];
}

function booleanIn(body: JsonObject, key: string): boolean | null {
  const value = body[key] ?? null;
  if (value !== null && typeof value !== 'boolean') throw refused(`"${key}" must be true or false.`);
  return value;
}

const time = (ms: number): string => new Date(ms).toISOString();

export const shownPlan = (plan: Plan): JsonObject => ({
  id: plan.id,
  kind: plan.kind,
  stack: { ...plan.stack },
  made_at: time(plan.madeAt),
  expires_at: time(plan.expiresAt),
  applied_at: plan.appliedAt === null ? null : time(plan.appliedAt),
  summary: { ...plan.summary },
  changes: plan.changes.map(shownChange),
  warnings: plan.warnings,
});

const shownChange = ({ path, type, physicalId, kind, maybe, reason, properties, seen, deletion, failure }: ResourceChange): JsonObject => ({
  resource: path.join('/'),
  path,
  type,
  physical_id: physicalId,
  change: kind,
  maybe,
  reason: reason === null ? null : { ...reason },
  properties: properties.map(shownProperty),
  cloud: seen === null ? null : { state: seen.state, looked_at: time(seen.at), differences: seen.differences.map(shownDifference) },
  deletion,
  failure,
});

const shownDifference = ({ name, applied, cloud, isSecret }: SeenDifference): JsonObject => ({ name, applied, cloud, secret: isSecret });

const shownProperty = ({ part, name, before, after, isUnknown, isSecret, replaces }: PropertyChange): JsonObject => ({
  part,
  name,
  before,
  after,
  unknown: isUnknown,
  secret: isSecret,
  replaces,
});
