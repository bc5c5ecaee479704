/**
 * The resource type contract: what the engine, the validation and the documentation know of a type. `kit.ts` builds these
 * with precise types; here they are erased, so that a registry of hundreds of them stays cheap to check.
 */
import type { Cancel, Json, JsonObject, Log, Random } from '@hearth/kernel';
import type { ConfigShelf } from './config-shelf.ts';
import type { AttributeSchema, PropertySchema } from './schema.ts';
import type { SignalShelf, SignalTaking } from './signals.ts';

/** What a handler says: finished, or look again later. A wait's token is all it remembers: JSON, no secrets. */
export type Progress = Done | Wait;
export interface Done {
  readonly kind: 'done';
  readonly physicalId?: string;
  /** Secret data of the resource (kept encrypted), handed to every later call. */
  readonly data?: JsonObject;
  /** All attributes, when the handler has just seen them: saves the engine an `observe`. */
  readonly observed?: JsonObject;
}
export interface Wait {
  readonly kind: 'wait';
  readonly physicalId?: string;
  readonly data?: JsonObject;
  readonly token: Json;
  /** First pause before the check; later ones grow. */
  readonly afterMs: number;
  /** Later ones do not grow: the pause is as long as said. */
  readonly isSteady?: true;
  /** What was seen, for people: `BUILD`. */
  readonly saw: string;
}

/** What every handler is given. No store, no stack object, no other resources. */
export interface Call<C = unknown, P = JsonObject> {
  /** Clients bound to the stack's credentials. */
  readonly cloud: C;
  /** The project's software configs. */
  readonly configs: ConfigShelf;
  /** Signals to resources of the stack. */
  readonly signals: SignalShelf;
  /** Resolved, defaults applied, coerced to the schema. */
  readonly props: P;
  /** What the template says under `metadata`, resolved. */
  readonly metadata: JsonObject;
  /** The name we give in the cloud when the user gave none; also the mark by which `find` recognises what we made. */
  readonly physicalName: string;
  readonly stackId: string;
  readonly stackName: string;
  /** The project that the stack belongs to. */
  readonly projectId: string;
  /** The stack at the top of the tree: the same as `stackId` for one that is not nested. */
  readonly rootStackId: string;
  readonly resourceName: string;
  /** When the current step was first begun, ms since 1970. */
  readonly startedAt: number;
  readonly now: number;
  readonly random: Random;
  readonly cancel: Cancel;
  readonly log: Log;
}
export interface Live<C = unknown, P = JsonObject> extends Call<C, P> {
  readonly physicalId: string;
  readonly data: JsonObject;
  /** Attributes that somebody will read; the others may be null when they cost calls of their own. Absent: all. */
  readonly wanted?: ReadonlySet<string>;
}
export interface Update<C = unknown, P = JsonObject, Ch = JsonObject> extends Live<C, P> {
  /** New values of the properties that differ. */
  readonly changed: Ch;
  readonly before: P;
}

/** What `observe` saw of a resource, beside what was applied. */
export interface Seen<P = JsonObject, O = JsonObject> {
  readonly observed: O;
  /** As applied, names turned into ids as `withIds` does. */
  readonly props: P;
  readonly physicalName: string;
  readonly physicalId: string;
  readonly data: JsonObject;
}

/** A resource that another one is about to take the place of. */
export interface HandingOver<C = unknown, P = JsonObject> extends Live<C, P> {
  /** The properties of the other; null: it is of another type. */
  readonly next: P | null;
}
/** A resource that stays after all. */
export interface TakingBack<C = unknown, P = JsonObject> extends Live<C, P> {
  /** Ids of those that had taken its place; they go soon. */
  readonly successors: readonly string[];
}

/** An attribute name with the path that leads into it: `['resource.0', 'networks', 'private', 0]`. */
export type Selection = readonly [string, ...Json[]];

/** The stack that a composite resource consists of. */
export interface ChildDefinition {
  readonly template: JsonObject;
  /** Values of the template's parameters. */
  readonly parameters: JsonObject;
  /** What the parent will ask of the child's resources, by name: they are read as if the template's outputs asked. */
  readonly asks: Readonly<Record<string, readonly Selection[]>>;
  /** Absent: what is left to the parent. */
  readonly timeoutMins?: number;
}

/** A child stack as it is. What cannot be answered is thrown as `ResourceFailed`. */
export interface ChildView {
  /** Of the composite resource in its own stack. */
  readonly resourceName: string;
  readonly stackId: string;
  readonly name: string;
  readonly projectId: string;
  /** The template that it was last brought to. */
  readonly template: JsonObject;
  /** Logical names in the order of the template. */
  readonly names: readonly string[];
  /** Null while the resource is not there. */
  referenceId(name: string): string | null;
  /** Null where there is no such value, or not yet. */
  attribute(name: string, selection: Selection): Json;
  /** Undefined: no such output. */
  output(name: string): Json | undefined;
  readonly outputNames: readonly string[];
}

export interface CompositeInput {
  readonly props: JsonObject;
  readonly resourceName: string;
  /** What somebody will ask of the composite resource itself. */
  readonly asked: readonly Selection[];
  /** What earlier steps wanted remembered: `{}` at first. Kept encrypted. */
  readonly memory: JsonObject;
  /** Files that came with the parent's template. */
  readonly files: Readonly<Record<string, string>>;
  /** The file whose template stands for the resource; null for types that make their template themselves. */
  readonly templateKey: string | null;
  /** More members are refused before they are made. */
  readonly maxMembers: number;
  /** The definition is only checked: null stands for what is not known yet, and must be passed on. */
  readonly isTrial: boolean;
}

export interface BatchInput extends CompositeInput {
  readonly action: 'CREATE' | 'UPDATE';
  readonly updatePolicy: JsonObject;
  /** Null before the child is there. */
  readonly child: ChildView | null;
}
/** What the child becomes next on the way to what is finally wanted. */
export interface Batch {
  readonly definition: ChildDefinition;
  /** Another batch follows, after a pause. */
  readonly pauseMs: number | null;
}

/** A resource that is a stack of its own: the engine makes, updates, watches and deletes that stack; the type says what it consists of. Pure. */
export interface Composite {
  /** What is finally wanted. Throws `ResourceFailed` for what cannot be. */
  definition(input: CompositeInput): ChildDefinition;
  /** The memory for a creation or an update that begins; absent: as it was. */
  remember?(input: CompositeInput, child: ChildView | null): JsonObject;
  /** Absent: all at once. */
  batch?(input: BatchInput): Batch;
  /** The name of the file whose template it is, from the properties; absent: the template is made here. */
  templateFile?(props: JsonObject): string | null;
  /** The value of an attribute at a path. Throws `ResourceFailed` when there is no such attribute. */
  select(selection: Selection, child: ChildView, memory: JsonObject): Json;
  /** Absent or null: the child's id. */
  referenceId?(child: ChildView): string | null;
}

/**
 * How copies are made that outlive the thing: for snapshots, and for the deletion policy Snapshot. `physicalName` is always the copy's, by which it is found;
 * `props` are the thing's.
 */
export interface Copying<C = unknown> {
  /** What the copy's id is called where users see what a snapshot holds, as in Heat. */
  readonly key: string;
  /** Ids of all copies that bear the name. */
  find(call: Call<C>): Promise<readonly string[]>;
  /** Begins: `physicalId` is the thing's, that of the answer the copy's. */
  make(live: Live<C>): Promise<Progress & { readonly physicalId: string }>;
  /** From here on `physicalId` is the copy's. */
  check(copy: Live<C>): Promise<Progress>;
  /** One that is gone already counts as deleted. */
  delete(copy: Live<C>): Promise<Progress>;
  checkDelete?(copy: Live<C>): Promise<Progress>;
  /** The properties with which the thing becomes what the copy holds. */
  restored(props: JsonObject, copyId: string): JsonObject;
}

export interface ResourceType<C = unknown> {
  /** `OS::Nova::Server`. */
  readonly name: string;
  readonly doc: string;
  /** Heat release that introduced it, as in the reference: `2014.1`, `7.0.0`. */
  readonly support: SupportStatus;
  /** Name of the service it needs (`nova`, `neutron` …), or null. */
  readonly service: string | null;
  /** Extension of that service which it needs besides: `trunk`. */
  readonly extension?: string;
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  /** Property sets that must work on the mini-cloud; the contract tests use them. `$name` strings name seeded objects. */
  readonly examples: readonly ResourceExample[];
  /** Longest physical name the service takes; default 255. */
  readonly maxNameLength?: number;
  /** Lives in our own rows only: a call leaves nothing outside, so there is nothing to find, adopt or verify. */
  readonly virtual?: boolean;
  /** A stand-in (`OS::Heat::None`): any property is accepted and dropped, any attribute is null. */
  readonly acceptsAnything?: boolean;
  /** Any property is accepted and passed on as it is: what stands for the resource judges it. */
  readonly hasOpenProperties?: boolean;
  /** Any attribute may be asked for: what there is depends on other things than the type, such as members or configs. */
  readonly hasOpenAttributes?: true;
  /** The deletion policy Snapshot is possible, although it cannot be told here how copies are made. */
  readonly canSnapshot?: true;
  /** Known by its schema alone: templates with it can be judged, but it cannot be made; the handlers are never called. */
  readonly isDeclaredOnly?: true;
  /** It takes signals; absent: it takes none. */
  readonly signals?: SignalTaking;
  /** It waits for signals to what it requires: it is looked at as soon as one comes. */
  readonly awaitsSignals?: true;
  /** Every update of the stack makes it anew. */
  readonly isRenewed?: true;
  /** What the resource's update policy may say; absent: nothing. */
  readonly updatePolicy?: Readonly<Record<string, PropertySchema>>;
  /** The resource is a stack of its own; the handlers are never called. */
  readonly composite?: Composite;
  /** What a generated template calls the resource; the last part of the type's name unless given. */
  readonly templateName?: string;

  /** Messages about combinations that the schema cannot say. Values that are not known yet are `undefined`. */
  validate?(props: JsonObject): readonly string[];
  /** The same about the update policy. */
  validateUpdatePolicy?(policy: JsonObject): readonly string[];
  /** Messages about what the other resources of the template must be. Raw properties: what cannot be told from them is no mistake. */
  validateAmong?(self: RawDefinition, others: OtherDefinitions): readonly string[];
  /** Names of changed updatable properties that need a new resource all the same. */
  replaces?(before: JsonObject, after: JsonObject): readonly string[];
  /** Hidden order: names among `others` (all of the template, `self` too) that `self` must wait for. Raw (unresolved) properties; references appear as functions. */
  alsoRequires?(self: RawDefinition, others: OtherDefinitions): readonly string[];
  /** What `get_resource` yields; the physical id unless given. */
  referenceId?(row: { readonly physicalId: string; readonly physicalName: string; readonly data: JsonObject }): string;

  /** Ids of everything that an interrupted create of this very resource left behind, by physical name or mark. */
  find?(call: Call<C>): Promise<readonly string[]>;
  /**
   * What `find` sees bears no mark: it is known by where it is or what it is like, and may be somebody else's. So only what a call whose answer was lost
   * may have made is looked for; where the service has refused to make it, it is not ours.
   */
  readonly isFoundByPlace?: true;
  /** An id that stands for what is not made yet: a look makes it, and so may one have that was broken off. */
  isStandIn?(physicalId: string): boolean;
  /** Begins; the answer names the physical thing. */
  create(call: Call<C>): Promise<Progress & { readonly physicalId: string }>;
  checkCreate?(live: Live<C>, token: Json): Promise<Progress>;
  update?(update: Update<C>): Promise<Progress>;
  checkUpdate?(live: Live<C>, token: Json): Promise<Progress>;
  /** A thing that is gone already counts as deleted: the engine treats `not-found` as success here and in `checkDelete`. */
  delete(live: Live<C>): Promise<Progress>;
  checkDelete?(live: Live<C>, token: Json): Promise<Progress>;
  /** Copies of it can be made that outlive it. */
  readonly copies?: Copying<C>;
  /**
   * Before another one is made in its place: lets go of what only one can have, such as an address or a name, and keeps in `data` (merged with what is there)
   * what it takes to get it back. May be begun again at any point. A thing that is gone has nothing to hand over. Absent: there is nothing of the kind.
   */
  beforeReplace?(handingOver: HandingOver<C>): Promise<Progress>;
  checkBeforeReplace?(handingOver: HandingOver<C>, token: Json): Promise<Progress>;
  /** The replacement was called off: takes back what it let go of, from those who have it now. May be begun again at any point. */
  afterRollback?(takingBack: TakingBack<C>): Promise<Progress>;
  checkAfterRollback?(takingBack: TakingBack<C>, token: Json): Promise<Progress>;
  /** Every attribute as the cloud has it now; null when the thing is gone. */
  observe(live: Live<C>): Promise<JsonObject | null>;
  /** What is wrong with a thing that is there, as `observe` saw it; null: nothing. Absent: what is there is well. */
  unhealthy?(observed: JsonObject): string | null;
  /**
   * The properties that the cloud tells, each with the value that it shows now; one that is as it was applied must be equal to what was applied, whatever
   * the cloud makes of it. Left out: what was not given, what cannot be read, secrets. Absent: nothing can be told but that it is there.
   */
  liveProperties?(seen: Seen): JsonObject;
  /** Ids for the properties of which the cloud tells ids and the user may give names. Undefined: there is nothing of the name, so nothing can be told. */
  withIds?(live: Live<C>): Promise<Readonly<Record<string, Json | undefined>>>;
  /** Puts it to rest; absent: there is nothing to do. One that rests already is fine. */
  suspend?(live: Live<C>): Promise<Progress>;
  checkSuspend?(live: Live<C>, token: Json): Promise<Progress>;
  /** Wakes it again. One that is awake is fine. */
  resume?(live: Live<C>): Promise<Progress>;
  checkResume?(live: Live<C>, token: Json): Promise<Progress>;
}

export interface RawDefinition {
  readonly name: string;
  readonly type: string;
  readonly properties: JsonObject;
  /** Names that it refers to or depends on, as the template says; absent: not told. */
  readonly requires?: readonly string[];
}
/** All resources of a template. A type asks once per resource, so what it asks must not cost a look at all of them. */
export interface OtherDefinitions {
  named(name: string): RawDefinition | null;
  /** In the order of the template. */
  ofType(type: string): readonly RawDefinition[];
  /** Those of the type out of which `pick` takes the value, as written; none for a value that is not given. The index is kept by `pick` itself. */
  having(type: string, pick: (properties: JsonObject) => Json | undefined, value: Json | undefined): readonly RawDefinition[];
}
export interface SupportStatus {
  readonly status: 'SUPPORTED' | 'DEPRECATED' | 'UNSUPPORTED' | 'HIDDEN';
  readonly since: string | null;
  readonly message?: string;
  /** What it was before. */
  readonly previous?: SupportStatus;
}
export interface ResourceExample {
  readonly name: string;
  readonly props: JsonObject;
  /** Changes to try in place, one after the other, each a partial set of properties. */
  readonly updates?: readonly JsonObject[];
  /** A change that must be reported as replacing. */
  readonly replacedBy?: JsonObject;
}

/** Types by name. */
export interface Registry<C = unknown> {
  get(name: string): ResourceType<C> | null;
  names(): readonly string[];
}

/** The resource cannot become what was asked for; fails it at once, with this reason. */
export class ResourceFailed extends Error {
  override readonly name: string = 'ResourceFailed';
  /** Heat's exception class in status reasons; empty where the message tells of failures with classes of their own. */
  readonly type: string;
  constructor(message: string, type = 'ResourceInError') {
    super(message);
    this.type = type;
  }
}
/** Thrown by `update` when only a new resource will do (Heat's UpdateReplace). */
export class NeedsReplacement extends Error {
  override readonly name = 'NeedsReplacement';
}
