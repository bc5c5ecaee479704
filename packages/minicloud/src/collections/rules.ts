/**
 * A collection of resources declared as data: fields with types, defaults and permissions, who may see and change, and hooks for what
 * a schema cannot say. The dialect (wrapping, filters, paging, faults) is Neutron's; see `routes.ts` for the routes made from it.
 */
import type { Json, JsonObject } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { Document } from '../store/documents.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ServiceContext } from '../service.ts';

export type FieldType = 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'object' | 'any';

export interface FieldRule {
  readonly type: FieldType;
  /** May be given at creation. Default true. */
  readonly post?: boolean;
  /** May be changed later. Default false. */
  readonly put?: boolean;
  readonly required?: boolean;
  /** What an absent field becomes at creation; without one it is null. */
  readonly default?: Json;
  readonly nullable?: boolean;
  /** Only an administrator may give or change it. */
  readonly adminOnly?: boolean;
  /** Only an administrator sees it. */
  readonly adminSees?: boolean;
  readonly maxLength?: number;
  readonly oneOf?: readonly Json[];
  readonly min?: number;
  readonly max?: number;
  /** Runs after coercion: the value to keep, or a sentence that says what is wrong. */
  readonly check?: (value: Json) => { readonly value: Json } | { readonly wrong: string };
}

/** What hooks work with, inside the transaction of the change. */
export interface Change {
  readonly tx: CloudStore;
  readonly context: ServiceContext;
  readonly identity: Identity;
  readonly nowMs: number;
}

export interface CollectionRules<Body extends JsonObject = JsonObject> {
  /** `network`, `networks`: the keys around bodies. */
  readonly singular: string;
  readonly plural: string;
  /** Collection in the store: `neutron.networks`. */
  readonly storage: string;
  /** Route path, e.g. `/v2.0/networks`. */
  readonly path: string;
  /** Class name of the fault when there is none: `NetworkNotFound`; its message is `<label> <id> could not be found.` */
  readonly notFound: string;
  readonly label: string;
  /** Besides `id`, `project_id`, `tenant_id`, `created_at`, `updated_at`, `revision_number` and `tags`, which every resource has. */
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** Boolean fields that open a resource to every project for reading. */
  readonly sharedBy?: readonly string[];
  /** The field whose value is the parent's id (kept in an indexed column, removed with `removeWhere`). */
  readonly parent?: string;
  readonly tags?: boolean;
  /** The body to store; throws a `Refusal`. The id is already chosen. */
  readonly beforeCreate?: (change: Change, body: JsonObject, id: string, projectId: string) => Promise<JsonObject> | JsonObject;
  readonly afterCreate?: (change: Change, created: Document<Body>) => Promise<void>;
  /** `changed` holds only the fields that were sent; the result is the whole new body. */
  readonly beforeUpdate?: (
    change: Change,
    before: Document<Body>,
    after: JsonObject,
    changed: JsonObject,
  ) => Promise<JsonObject> | JsonObject;
  readonly afterUpdate?: (change: Change, updated: Document<Body>, before: Document<Body>) => Promise<void>;
  /** Throws a `Refusal` when it is in use. */
  readonly beforeDelete?: (change: Change, document: Document<Body>) => Promise<void>;
  readonly afterDelete?: (change: Change, document: Document<Body>) => Promise<void>;
  /** What readers see, from the stored body and the clock (statuses that come with time). Lists call it once per resource. */
  readonly present?: (document: Document<Body>, nowMs: number) => JsonObject;
  /** Fields filled by one more query for a whole page (a network's subnets); keys are ids. */
  readonly extend?: (store: CloudStore, documents: readonly Document<Body>[]) => Promise<ReadonlyMap<string, JsonObject>>;
  /** The meaning of a query parameter that is no field of the body; undefined: not known here. */
  readonly filter?: (name: string, values: readonly string[]) => Condition | undefined;
  /** Fields in `extend` or `present` that may not be used as filters or sort keys are not in `fields` with a stored value; list them here to be ignored. */
  readonly computed?: readonly string[];
}
