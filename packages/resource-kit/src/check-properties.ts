/**
 * Property values against a schema: unknown and missing ones, coercion, defaults, renamed ones, constraints. Custom constraints need the
 * cloud and are only collected. Rules and messages are those that users of Heat know (templates.md sections 6 and 11).
 */
import { didYouMean, isJsonArray, isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';
import type { ResourceType } from './contract.ts';
import { coerceScalar, emptyOf, printed, quoted } from './coerce.ts';
import { isFilled } from './combinations.ts';
import { brokenConstraint, type PatternMatcher } from './constraints.ts';
import type { Constraint, PropertySchema } from './schema.ts';

export interface PropertyProblem {
  readonly severity: 'error' | 'warning';
  readonly code:
    | 'unknown-property'
    | 'missing-property'
    | 'wrong-type'
    | 'constraint'
    | 'renamed-twice'
    | 'not-supported'
    | 'deprecated-property'
    | 'invalid-combination';
  /** Below `properties`: `['networks', 0, 'port']`. Unknown and missing ones are reported at the map that should (not) have them. */
  readonly path: Path;
  /** The key of that map that it is about, where there is one. */
  readonly key?: string;
  /** Bare; the caller adds where: `Property error: resources.a.properties.b: `. */
  readonly message: string;
  readonly hint: string | null;
}

/** A value that only the cloud (or a named rule) can judge. */
export interface CustomCheck {
  readonly path: Path;
  /** `nova.flavor`, `ip_addr` */
  readonly name: string;
  readonly value: Json;
  /** Shown in place of the checker's own message. */
  readonly message: string | null;
  /** The value must not be shown. */
  readonly secret: boolean;
}

export interface CheckOptions {
  /** Before everything is known: unknown values are neither missing nor wrong, and are left out of `props`. */
  readonly lenient: boolean;
  /** Where unknown values are (their places hold null). Without it, in a lenient check every null counts as unknown. */
  readonly unknownPaths?: readonly Path[];
  /** A null may be what a resource told, not what the template says: constraints do not judge it. */
  readonly nullsMayBeTold?: boolean;
  /** Linear-time matcher of Python-style patterns; whole value. */
  readonly matchesPattern: PatternMatcher;
}

export interface CheckedProperties {
  /** Coerced, defaults applied, older names moved; every property of the schema is there (null: none given) unless unknown. */
  readonly props: JsonObject;
  readonly problems: readonly PropertyProblem[];
  readonly custom: readonly CustomCheck[];
}

type Schemas = Readonly<Record<string, PropertySchema>>;
/** Marks a value that is not known yet. */
const UNKNOWN = Symbol('unknown');
type Maybe = Json | typeof UNKNOWN;

interface Walk {
  readonly options: CheckOptions;
  readonly unknown: ReadonlySet<string> | null;
  readonly problems: PropertyProblem[];
  readonly custom: CustomCheck[];
  /** Places of maps in lists that are not known: null stands there, which no rule of a type expects. */
  readonly blanks: Path[];
}

export function checkProperties<C>(type: ResourceType<C>, raw: JsonObject, options: CheckOptions): CheckedProperties {
  if (type.acceptsAnything === true) return { props: {}, problems: [], custom: [] };
  if (type.hasOpenProperties === true) return { props: raw, problems: [], custom: [] };
  const unknown = options.unknownPaths === undefined ? null : new Set(options.unknownPaths.map(keyOf));
  const walk: Walk = { options, unknown, problems: [], custom: [], blanks: [] };
  const props = checkMap(walk, type.properties, raw, []);
  if (type.validate !== undefined && walk.blanks.length === 0 && walk.problems.every((problem) => problem.severity !== 'error')) {
    for (const message of type.validate(props))
      walk.problems.push({ severity: 'error', code: 'invalid-combination', path: [], message, hint: null });
  }
  return { props, problems: walk.problems, custom: walk.custom };
}

const keyOf = (path: Path): string => JSON.stringify(path);

function isUnknown(walk: Walk, value: Json, path: Path): boolean {
  if (!walk.options.lenient) return false;
  return walk.unknown === null ? value === null : walk.unknown.has(keyOf(path));
}

function report(
  walk: Walk,
  code: PropertyProblem['code'],
  path: Path,
  message: string,
  hint: string | null = null,
  key: string | null = null,
): void {
  const severity = code === 'deprecated-property' ? 'warning' : 'error';
  walk.problems.push({ severity, code, path, ...(key !== null && { key }), message, hint });
}

function checkMap(walk: Walk, schemas: Schemas, raw: JsonObject, path: Path): JsonObject {
  const older = olderNames(schemas);
  const given = new Map<string, { readonly value: Json; readonly path: Path }>();
  for (const [name, value] of Object.entries(raw)) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    const newName = older.get(name);
    if (schema === undefined && newName === undefined) {
      const meant = didYouMean(name, Object.keys(schemas));
      report(walk, 'unknown-property', path, `Unknown Property ${name}`, meant === null ? null : `did you mean "${meant}"?`, name);
      continue;
    }
    if (schema !== undefined) remarkSupport(walk, schema, name, path);
    const here = { value, path: [...path, name] };
    const isNull = value === null && !isUnknown(walk, value, here.path);
    if (newName === undefined || isNull) {
      // What an older name says counts more than an empty value.
      if (!given.has(name) || isFilled(value)) given.set(name, here);
    } else if (!isFilled(raw[newName])) given.set(newName, here);
    else if (isFilled(value) || value === null) {
      const names = `${named(path, newName)}, ${named(path, name)}`;
      report(walk, 'renamed-twice', path, `Cannot define the following properties at the same time: ${names}`);
    }
  }
  const result: [string, Json][] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const value = checkField(walk, schema, name, given.get(name), path);
    if (value !== UNKNOWN) result.push([name, value]);
  }
  return Object.fromEntries(result);
}

/** `networks.uuid`: where in the schema, whatever the index. */
const named = (path: Path, name: string): string => [...path.filter((part) => typeof part === 'string'), name].join('.');

/** Of each schema once: it is asked for every resource of a type. */
const renamed = new WeakMap<Schemas, ReadonlyMap<string, string>>();
function olderNames(schemas: Schemas): ReadonlyMap<string, string> {
  const known = renamed.get(schemas);
  if (known !== undefined) return known;
  const older = new Map(
    Object.entries(schemas).flatMap(([name, schema]) => (schema.translatedFrom ?? []).map((old) => [old, name] as const)),
  );
  renamed.set(schemas, older);
  return older;
}

function remarkSupport(walk: Walk, schema: PropertySchema, name: string, path: Path): void {
  const status = schema.support?.status;
  if (status === 'UNSUPPORTED') report(walk, 'not-supported', path, `Property ${name} not implemented yet`, null, name);
  if (status === 'DEPRECATED')
    report(walk, 'deprecated-property', path, `Property ${name} is deprecated`, schema.support?.message ?? null, name);
}

function checkField(
  walk: Walk,
  schema: PropertySchema,
  name: string,
  given: { readonly value: Json; readonly path: Path } | undefined,
  path: Path,
): Maybe {
  if (given !== undefined) return checkValue(walk, schema, given.value, given.path);
  if (schema.default !== undefined) return defaultOf(walk, schema, schema.default);
  if (schema.required) report(walk, 'missing-property', path, `Property ${name} not assigned`);
  return null;
}

const defaults = new WeakMap<PropertySchema, Json>();
/** A default goes through the same coercion, so that nested defaults apply: once, for it is the same for every resource of a type. */
function defaultOf(walk: Walk, schema: PropertySchema, value: Json): Json {
  const kept = defaults.get(schema);
  if (kept !== undefined) return kept;
  const made = known(checkValue({ ...walk, problems: [], custom: [], options: { ...walk.options, lenient: false } }, schema, value, []));
  defaults.set(schema, made);
  return made;
}

function checkValue(walk: Walk, schema: PropertySchema, value: Json, path: Path): Maybe {
  if (isUnknown(walk, value, path)) return UNKNOWN;
  const before = walk.problems.length;
  // An explicit null means the default, else the empty value of the kind.
  const result = coerced(walk, schema, value ?? schema.default ?? emptyOf(schema.kind), path);
  const isJudged = value !== null || walk.options.nullsMayBeTold !== true;
  if (isJudged && walk.problems.length === before && result !== UNKNOWN) checkConstraints(walk, schema, result, path);
  return result;
}

function coerced(walk: Walk, schema: PropertySchema, value: Json, path: Path): Maybe {
  switch (schema.kind) {
    case 'any':
      return value;
    case 'list':
      if (!isJsonArray(value)) return wrongType(walk, schema, path, `"${schema.secret === true ? '***' : quoted(value)}" is not a list`);
      return schema.items === undefined ? value : checkItems(walk, schema.items, value, path);
    case 'map':
      if (!isJsonObject(value)) return wrongType(walk, schema, path, `"${shown(schema, value)}" is not a map`);
      return schema.fields === undefined ? value : checkMap(walk, schema.fields, value, path);
    default: {
      const scalar = coerceScalar(schema.kind, value);
      return 'value' in scalar ? scalar.value : wrongType(walk, schema, path, scalar.problem(shown(schema, value)));
    }
  }
}

function checkItems(walk: Walk, items: PropertySchema, values: readonly Json[], path: Path): Json {
  return values.map((value, i) => {
    remarkSupport(walk, items, String(i), path);
    const here = [...path, i];
    const checked = checkValue(walk, items, value, here);
    if (checked === UNKNOWN && items.kind === 'map') walk.blanks.push(here);
    return known(checked);
  });
}

/** Items keep their place: an unknown one is null. */
const known = (value: Maybe): Json => (value === UNKNOWN ? null : value);
const shown = (schema: PropertySchema, value: Json): string => (schema.secret === true ? '***' : printed(value));

function wrongType(walk: Walk, schema: PropertySchema, path: Path, message: string): Json {
  report(walk, 'wrong-type', path, message);
  return schema.default ?? emptyOf(schema.kind);
}

function checkConstraints(walk: Walk, schema: PropertySchema, value: Json, path: Path): void {
  const secret = schema.secret === true;
  for (const constraint of schema.constraints ?? []) {
    if (constraint.kind === 'custom') {
      walk.custom.push({ path, name: constraint.name, value, message: constraint.message ?? null, secret });
      continue;
    }
    const broken = brokenConstraint(constraint, value, walk.options.matchesPattern, secret);
    if (broken === null) continue;
    // One reason is enough for one value.
    report(walk, 'constraint', path, constraint.message ?? broken, secret ? null : meantValue(constraint, value));
    return;
  }
}

/** The allowed value that a text is nearly. */
function meantValue(constraint: Constraint, value: Json): string | null {
  if (constraint.kind !== 'allowed-values' || typeof value !== 'string') return null;
  const meant = didYouMean(
    value,
    constraint.values.filter((allowed) => typeof allowed === 'string'),
  );
  return meant === null ? null : `did you mean "${meant}"?`;
}
