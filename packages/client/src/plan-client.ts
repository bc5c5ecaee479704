/** Plans, from `/hearth/v1`: what an update, a creation or a deletion would do, and doing exactly that. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { countsOf, itemsOf, listOf, objectOf, textOf, textOrEmpty } from './reading.ts';
import type { Session } from './session.ts';
import { bodyOf, type StackKey, type StackWish } from './stack-client.ts';
import { partOf } from './stack-shapes.ts';

export interface PlannedProperty {
  /** `property`, `metadata` or `deletion-policy`. */
  readonly part: string;
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
  /** Known only once other resources are made or changed. */
  readonly isUnknown: boolean;
  readonly isSecret: boolean;
  readonly replaces: boolean;
}
/** What the cloud has of a resource, as it was last looked at. */
export interface PlannedCloud {
  /** `in-sync`, `differs`, `gone` or `unknown`. */
  readonly state: string;
  readonly differences: readonly { readonly name: string; readonly applied: Json; readonly cloud: Json }[];
}
export interface PlannedChange {
  readonly resource: string;
  readonly type: string;
  /** `updated`, `replaced`, `added`, `deleted`, `relinked` or `unchanged`. */
  readonly change: string;
  /** How it may turn out instead. */
  readonly maybe: readonly string[];
  readonly reason: { readonly code: string; readonly properties: readonly string[] } | null;
  readonly properties: readonly PlannedProperty[];
  /** Null: it was not looked at since it was made or changed. */
  readonly cloud: PlannedCloud | null;
  /** What becomes of the thing that goes. */
  readonly deletion: string | null;
  readonly failure: string | null;
}
export interface StackPlan {
  readonly id: string;
  readonly kind: string;
  readonly stack: StackKey;
  readonly expiresAt: string;
  readonly summary: Readonly<Record<string, number>>;
  readonly changes: readonly PlannedChange[];
  readonly warnings: readonly string[];
  /** As the server said it. */
  readonly body: Json;
}

export interface PlanClient {
  create(name: string, wish: StackWish): Promise<StackPlan>;
  /** Without a wish's template the stack's own is taken, with what else the wish says laid over it. */
  update(stack: string, wish: Partial<StackWish>): Promise<StackPlan>;
  delete(stack: string): Promise<StackPlan>;
  show(id: string): Promise<StackPlan>;
  apply(id: string): Promise<StackPlan>;
}

/** `endpoint`: as `hearthEndpoint` gives it. Throws `Failure`: `conflict` where a plan cannot be applied any more. */
export function planClient(session: Session, endpoint: string): PlanClient {
  const ask = async (method: 'GET' | 'POST', path: string, body?: JsonObject): Promise<StackPlan> =>
    readPlan(partOf((await session.ask({ method, url: `${endpoint}${path}`, ...(body !== undefined && { body }) })).body, 'plan'));
  const ofStack = (stack: string): string => `/stacks/${encodeURIComponent(stack)}/plans`;
  const one = (id: string): string => `/plans/${encodeURIComponent(id)}`;
  return {
    create: (name, wish) => ask('POST', '/plans', { stack_name: name, ...bodyOf(wish) }),
    update: (stack, { template, ...wish }) =>
      template === undefined
        ? ask('POST', ofStack(stack), { ...withoutTemplate(wish), existing: true })
        : ask('POST', ofStack(stack), bodyOf({ ...wish, template })),
    delete: (stack) => ask('POST', ofStack(stack), { kind: 'delete' }),
    show: (id) => ask('GET', one(id)),
    apply: (id) => ask('POST', `${one(id)}/apply`, {}),
  };
}

function withoutTemplate(wish: Partial<StackWish>): JsonObject {
  const { template: _none, ...body } = bodyOf({ ...wish, template: '' });
  return body;
}

const textsOf = (value: Json | undefined): readonly string[] => itemsOf(value).map(String);

function readPlan(body: Json): StackPlan {
  const plan = objectOf(body);
  const stack = objectOf(plan['stack']);
  return {
    id: textOrEmpty(plan['id']),
    kind: textOrEmpty(plan['kind']),
    stack: { id: textOrEmpty(stack['id']), name: textOrEmpty(stack['name']) },
    expiresAt: textOrEmpty(plan['expires_at']),
    summary: countsOf(plan['summary']),
    changes: listOf(body, 'changes').map(readChange),
    warnings: textsOf(plan['warnings']),
    body,
  };
}

function readChange(value: Json): PlannedChange {
  const one = objectOf(value);
  const reason = isJsonObject(one['reason'] ?? null) ? objectOf(one['reason']) : null;
  return {
    resource: textOrEmpty(one['resource']),
    type: textOrEmpty(one['type']),
    change: textOrEmpty(one['change']),
    maybe: textsOf(one['maybe']),
    reason: reason === null ? null : { code: textOrEmpty(reason['code']), properties: textsOf(reason['properties']) },
    properties: listOf(value, 'properties').map(readProperty),
    cloud: isJsonObject(one['cloud'] ?? null) ? readCloud(one['cloud'] as Json) : null,
    deletion: textOf(one['deletion']),
    failure: textOf(one['failure']),
  };
}

function readCloud(value: Json): PlannedCloud {
  const differences = listOf(value, 'differences').map((one) => {
    const { name, applied = null, cloud = null } = objectOf(one);
    return { name: textOrEmpty(name), applied, cloud };
  });
  return { state: textOrEmpty(objectOf(value)['state']), differences };
}

function readProperty(value: Json): PlannedProperty {
  const { part, name, before = null, after = null, unknown, secret, replaces } = objectOf(value);
  return {
    part: textOrEmpty(part),
    name: textOrEmpty(name),
    before,
    after,
    isUnknown: unknown === true,
    isSecret: secret === true,
    replaces: replaces === true,
  };
}
