/**
 * How a resource type is written: builders whose types carry the schema into the handlers. `resourceTypes<Cloud>()` compiles a typed
 * declaration to the erased `ResourceType`, so that registries of hundreds stay cheap to check.
 */
import { Bug, type Json, type JsonObject } from '@hearth/kernel';
import type {
  Call,
  Copying,
  Composite,
  Done,
  HandingOver,
  Live,
  Progress,
  OtherDefinitions,
  RawDefinition,
  Seen,
  ResourceExample,
  ResourceType,
  SupportStatus,
  TakingBack,
  Update,
  Wait,
} from './contract.ts';
import type { AttributeSchema, Constraint, PropertyKind, PropertySchema } from './schema.ts';
import type { SignalTaking } from './signals.ts';

// ---- properties ---------------------------------------------------------------------------------------------------------------------------

/** A property schema that remembers its value's type, whether it always has one, and whether it may change in place. */
export interface Property<T, Sure extends boolean, Updatable extends boolean> extends PropertySchema {
  /** Never present at run time. */
  readonly '~type'?: { readonly value: T; readonly sure: Sure; readonly updatable: Updatable };
}
type AnyProperty = Property<unknown, boolean, boolean>;
export type Properties = Readonly<Record<string, AnyProperty>>;

export interface PropertyOptions<T, Default = T> {
  readonly required?: boolean;
  readonly updatable?: boolean;
  readonly immutable?: boolean;
  readonly default?: Default;
  readonly constraints?: readonly Constraint[];
  readonly secret?: boolean;
  readonly support?: NonNullable<PropertySchema['support']>;
  readonly translatedFrom?: readonly string[];
}
type SureOf<O> = O extends { readonly required: true } ? true : O extends { readonly default: Json } ? true : false;
type UpdatableOf<O> = O extends { readonly updatable: true } ? true : false;

type Infer<P> = P extends Property<infer T, infer Sure, boolean> ? (Sure extends true ? T : T | null) : never;
/** Values as handlers see them: null where the user gave nothing and there is no default. */
export type Props<S extends Properties> = { readonly [K in keyof S]: Infer<S[K]> };
export type UpdatableKeys<S extends Properties> = { [K in keyof S]: S[K] extends Property<unknown, boolean, true> ? K : never }[keyof S];
export type Changed<S extends Properties> = { readonly [K in UpdatableKeys<S>]?: Infer<S[K]> };

function property<T, Default = T>(kind: PropertyKind, shape: Pick<PropertySchema, 'items' | 'fields'> = {}) {
  return <const O extends PropertyOptions<T, Default> = object>(
    doc: string,
    options: O = {} as O,
  ): Property<T, SureOf<O>, UpdatableOf<O>> =>
    ({ kind, doc, required: false, updatable: false, ...shape, ...options }) as unknown as Property<T, SureOf<O>, UpdatableOf<O>>;
}

/** A list's default may leave out fields that have defaults of their own, so it is given as plain JSON. */
const listOf = <T>(items: Property<T, boolean, boolean>) => {
  return <const O extends Omit<PropertyOptions<T>, 'default'> & { readonly default?: readonly Json[] } = object>(
    doc: string,
    options: O = {} as O,
  ) =>
    ({ kind: 'list', doc, required: false, updatable: false, items, ...options }) as unknown as Property<
      readonly T[],
      SureOf<O>,
      UpdatableOf<O>
    >;
};
const mapOf = <const S extends Properties>(fields: S) => {
  return <const O extends Omit<PropertyOptions<JsonObject>, 'default'> & { readonly default?: JsonObject } = object>(
    doc: string,
    options: O = {} as O,
  ) =>
    ({ kind: 'map', doc, required: false, updatable: false, fields, ...options }) as unknown as Property<
      Props<S>,
      SureOf<O>,
      UpdatableOf<O>
    >;
};

/** Some defaults are words, and are shown as such; the coercion makes them what they mean. */
type BooleanDefault = boolean | 'true' | 'True' | 'false' | 'False';

/** Property builders: `p.integer('Size in GB.', { required: true })`, `p.listOf(p.string())('Tags.')`. */
export const p = {
  string: property<string>('string'),
  integer: property<number>('integer'),
  number: property<number>('number'),
  boolean: property<boolean, BooleanDefault>('boolean'),
  any: property<Json>('any'),
  /** A list of anything. */
  list: property<readonly Json[]>('list'),
  /** A map of anything. */
  map: property<JsonObject>('map'),
  /** `p.listOf(item)(doc, options)` */
  listOf,
  /** `p.mapOf({ field: … })(doc, options)` */
  mapOf,
} as const;

/** Constraint builders. */
export const c = {
  range: (min: number | null, max: number | null): Constraint => ({ kind: 'range', min, max }),
  length: (min: number | null, max: number | null): Constraint => ({ kind: 'length', min, max }),
  modulo: (step: number, offset: number): Constraint => ({ kind: 'modulo', step, offset }),
  oneOf: (...values: readonly Json[]): Constraint => ({ kind: 'allowed-values', values }),
  pattern: (pattern: string): Constraint => ({ kind: 'allowed-pattern', pattern }),
  /** Checked against the cloud, or by a rule of that name: `nova.flavor`, `ip_addr`. */
  custom: (name: string): Constraint => ({ kind: 'custom', name }),
} as const;

// ---- attributes ---------------------------------------------------------------------------------------------------------------------------

export interface Attribute<T> extends AttributeSchema {
  /** Never present at run time. */
  readonly '~type'?: T;
}
export type Attributes = Readonly<Record<string, Attribute<unknown>>>;
/** What `observe` returns: every attribute, null where the cloud has none; `show` is the service's own body. */
export type Observed<A extends Attributes> = { readonly [K in keyof A]: (A[K] extends Attribute<infer T> ? T : never) | null } & {
  readonly show?: Json;
};

const attribute =
  <T>(kind?: AttributeSchema['kind']) =>
  (doc: string, options: Pick<Partial<AttributeSchema>, 'cache' | 'isHidden'> = {}): Attribute<T> => ({
    doc,
    cache: 'stored',
    ...options,
    ...(kind !== undefined && { kind }),
  });

export const a = {
  string: attribute<string>('string'),
  integer: attribute<number>('integer'),
  number: attribute<number>('number'),
  boolean: attribute<boolean>('boolean'),
  list: attribute<readonly Json[]>('list'),
  map: attribute<JsonObject>('map'),
  any: attribute<Json>(),
  /** Shown as that kind, passed on as the service gives it: `a.as('string')('Whether it is up.')` for what Heat calls a string and Neutron a boolean. */
  as: (kind: NonNullable<AttributeSchema['kind']>) => attribute<Json>(kind),
} as const;

/** Every type has it (Heat's base attribute). */
const SHOW: AttributeSchema = { doc: 'What the service itself answers about the resource.', kind: 'map', cache: 'live' };

// ---- progress: the only thing a handler can say -------------------------------------------------------------------------------------------

type Named<P extends Progress> = P & { readonly physicalId: string };
type Extra = { readonly physicalId?: string; readonly data?: JsonObject };
type Naming<P extends Progress, O> = O extends { readonly physicalId: string } ? Named<P> : P;

/** Finished. `create` must name what it made. */
export function done<const O extends Extra & { readonly observed?: JsonObject } = object>(options: O = {} as O): Naming<Done, O> {
  return { kind: 'done', ...options } as unknown as Naming<Done, O>;
}
/** Look again after `afterMs` (default half a second; later pauses grow). `saw` is for people. */
export function wait<const O extends Extra & { readonly token?: Json; readonly afterMs?: number; readonly isSteady?: true } = object>(
  saw: string,
  options: O = {} as O,
): Naming<Wait, O> {
  return { kind: 'wait', saw, token: null, afterMs: 500, ...options } as unknown as Naming<Wait, O>;
}

// ---- types --------------------------------------------------------------------------------------------------------------------------------

/** Values by property: of those that can be told. */
export type LiveValues<S extends Properties> = { readonly [K in keyof S]?: Json | undefined };

/** A resource type with precise types; the members mean what they mean in `ResourceType`. */
export interface TypedResource<C, S extends Properties, A extends Attributes> {
  readonly name: string;
  readonly doc: string;
  readonly support?: SupportStatus;
  readonly service?: string;
  readonly extension?: string;
  readonly properties: S;
  readonly attributes: A;
  readonly examples: readonly ResourceExample[];
  readonly maxNameLength?: number;
  readonly virtual?: boolean;
  readonly acceptsAnything?: boolean;
  readonly templateName?: string;
  readonly signals?: SignalTaking;
  readonly awaitsSignals?: true;
  readonly isRenewed?: true;
  validate?(props: Partial<Props<S>>): readonly string[];
  replaces?(before: Props<S>, after: Props<S>): readonly (keyof S & string)[];
  alsoRequires?(self: RawDefinition, others: OtherDefinitions): readonly string[];
  referenceId?(row: { readonly physicalId: string; readonly physicalName: string; readonly data: JsonObject }): string;
  find?(call: Call<C, Props<S>>): Promise<readonly string[]>;
  readonly isFoundByPlace?: true;
  isStandIn?(physicalId: string): boolean;
  create(call: Call<C, Props<S>>): Promise<Named<Progress>>;
  checkCreate?(live: Live<C, Props<S>>, token: Json): Promise<Progress>;
  beforeReplace?(handingOver: HandingOver<C, Props<S>>): Promise<Progress>;
  checkBeforeReplace?(handingOver: HandingOver<C, Props<S>>, token: Json): Promise<Progress>;
  afterRollback?(takingBack: TakingBack<C, Props<S>>): Promise<Progress>;
  checkAfterRollback?(takingBack: TakingBack<C, Props<S>>, token: Json): Promise<Progress>;
  update?(update: Update<C, Props<S>, Changed<S>>): Promise<Progress>;
  checkUpdate?(live: Live<C, Props<S>>, token: Json): Promise<Progress>;
  delete(live: Live<C, Props<S>>): Promise<Progress>;
  checkDelete?(live: Live<C, Props<S>>, token: Json): Promise<Progress>;
  readonly copies?: Copying<C>;
  observe(live: Live<C, Props<S>>): Promise<Observed<A> | null>;
  unhealthy?(observed: Observed<A>): string | null;
  liveProperties?(seen: Seen<Props<S>, Observed<A>>): LiveValues<S>;
  withIds?(live: Live<C, Props<S>>): Promise<LiveValues<S>>;
  suspend?(live: Live<C, Props<S>>): Promise<Progress>;
  checkSuspend?(live: Live<C, Props<S>>, token: Json): Promise<Progress>;
  resume?(live: Live<C, Props<S>>): Promise<Progress>;
  checkResume?(live: Live<C, Props<S>>, token: Json): Promise<Progress>;
}

/**
 * The way to declare types for one kind of cloud: `const openstackType = resourceTypes<Cloud>()`.
 * The engine hands handlers maps that `checkProperties` has coerced to the schema, which is what makes the erasure sound.
 */
export const resourceTypes =
  <C>() =>
  <const S extends Properties, const A extends Attributes>(typed: TypedResource<C, S, A>): ResourceType<C> => {
    const attributes: Readonly<Record<string, AttributeSchema>> = { ...typed.attributes, show: SHOW };
    const erased = { support: { status: 'SUPPORTED', since: null }, service: null, ...typed, attributes } as unknown as ResourceType<C>;
    return {
      ...erased,
      async observe(live) {
        const seen = await erased.observe(live);
        if (seen === null) return null;
        return Object.fromEntries(Object.keys(attributes).map((name) => [name, seen[name] ?? null]));
      },
    };
  };

/** A type that is known by its schema alone, with the rules that need no cloud; handlers may follow. */
export interface DeclaredResource<S extends Properties> {
  readonly name: string;
  readonly doc: string;
  readonly support?: SupportStatus;
  readonly service?: string;
  readonly extension?: string;
  readonly properties: S;
  readonly attributes: Attributes;
  readonly updatePolicy?: Properties;
  readonly acceptsAnything?: boolean;
  readonly hasOpenAttributes?: true;
  readonly canSnapshot?: true;
  readonly templateName?: string;
  validate?(props: Partial<Props<S>>): readonly string[];
  validateUpdatePolicy?(policy: JsonObject): readonly string[];
  validateAmong?(self: RawDefinition, others: OtherDefinitions): readonly string[];
  alsoRequires?(self: RawDefinition, others: OtherDefinitions): readonly string[];
}

/** The way to declare a type that cannot be made yet. */
export function declaredType<const S extends Properties>(typed: DeclaredResource<S>): ResourceType<unknown> {
  return { ...withoutHandlers(typed, `${typed.name} is known by its schema alone`), examples: [], isDeclaredOnly: true };
}

type WithoutHandlers<S extends Properties> = DeclaredResource<S> | CompositeResource<S>;

/** Schema and rules; the handlers say why they must not be called. */
function withoutHandlers<S extends Properties>(typed: WithoutHandlers<S>, why: string) {
  const never = (): never => {
    throw new Bug(`${why} and has no handlers`);
  };
  return {
    support: { status: 'SUPPORTED', since: null },
    service: null,
    ...(typed as unknown as Omit<DeclaredResource<Properties>, 'validate'>),
    attributes: { ...typed.attributes, show: SHOW },
    ...(typed.validate === undefined ? {} : { validate: (props: JsonObject) => typed.validate?.(props as never) ?? [] }),
    create: never,
    delete: never,
    observe: never,
  } as const;
}

/** A declaration of a resource that is a stack of its own. */
export interface CompositeResource<S extends Properties> {
  readonly name: string;
  readonly doc: string;
  readonly support?: SupportStatus;
  readonly properties: S;
  readonly attributes: Attributes;
  readonly examples: readonly ResourceExample[];
  readonly hasOpenProperties?: boolean;
  readonly updatePolicy?: Properties;
  validate?(props: Partial<Props<S>>): readonly string[];
  readonly composite: Composite;
}

/** The way to declare a composite type. Its handlers are the engine's own work, so they say so when something else calls them. */
export function compositeType<const S extends Properties>(typed: CompositeResource<S>): ResourceType<unknown> {
  const { examples, composite } = typed;
  return { ...withoutHandlers(typed, `${typed.name} is a stack of its own`), virtual: true, examples, composite };
}
