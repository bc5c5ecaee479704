/** Conditions on documents as data, and their translation to SQL with numbered values; field names are checked, values never become text. */
import { Bug, unreachable, type Json } from '@hearth/kernel';

/** `field` is a body field or one of the columns `id`, `name`, `project_id`, `parent_id`. */
export type Condition =
  /** The field's text is one of these; booleans are `'true'`, `'false'`. */
  | { readonly field: string; readonly in: readonly string[] }
  /** The same for a single value: what lists by project need to be read in the order of an index. */
  | { readonly field: string; readonly is: string }
  | { readonly field: string; readonly isNull: true }
  /** The field (a list or object) contains this value, as JSON containment: `{field: 'tags', contains: ['a']}`. */
  | { readonly field: string; readonly contains: Json }
  | { readonly field: string; readonly startsWith: string }
  /** Before and after in the order of bytes (of UTF-8), whatever the database sorts by. */
  | { readonly field: string; readonly above: string }
  | { readonly field: string; readonly below: string }
  /** Numeric fields. */
  | { readonly field: string; readonly atLeast: number }
  | { readonly field: string; readonly atMost: number }
  /** Unanchored POSIX regular expression, as Nova's name filter; the caller has bounded its length. */
  | { readonly field: string; readonly matches: string }
  | { readonly anyOf: readonly Condition[] }
  | { readonly not: Condition };

const COLUMNS: Readonly<Record<string, string>> = {
  id: 'id',
  name: 'name',
  project_id: 'project_id',
  tenant_id: 'project_id',
  parent_id: 'parent_id',
  created_at: 'created_ms',
  updated_at: 'updated_ms',
};
const SORT_COLUMNS: Readonly<Record<string, string>> = {
  id: 'id',
  name: 'name',
  project_id: 'project_id',
  tenant_id: 'project_id',
  seq: 'seq',
  'id bytes': 'id collate "C"',
  created_at: 'created_ms',
  updated_at: 'updated_ms',
};
const FIELD = /^[A-Za-z_][A-Za-z0-9_:.-]{0,99}$/;

export class SqlText {
  readonly values: unknown[] = [];

  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  condition(condition: Condition): string {
    if ('anyOf' in condition)
      return condition.anyOf.length === 0 ? 'false' : `(${condition.anyOf.map((one) => this.condition(one)).join(' or ')})`;
    if ('not' in condition) return `(${this.condition(condition.not)}) is not true`;
    const text = textOf(condition.field, 'o');
    if ('in' in condition) return `${text} = any(${this.value(condition.in)}::text[])`;
    if ('is' in condition) return `${text} = ${this.value(condition.is)}`;
    if ('isNull' in condition) return `${text} is null`;
    if ('startsWith' in condition) return `starts_with(${text}, ${this.value(condition.startsWith)})`;
    if ('above' in condition) return `${text} collate "C" > ${this.value(condition.above)}::text collate "C"`;
    if ('below' in condition) return `${text} collate "C" < ${this.value(condition.below)}::text collate "C"`;
    if ('atLeast' in condition) return `(${text})::numeric >= ${this.value(condition.atLeast)}::numeric`;
    if ('atMost' in condition) return `(${text})::numeric <= ${this.value(condition.atMost)}::numeric`;
    if ('matches' in condition) return `${text} ~ ${this.value(condition.matches)}`;
    if ('contains' in condition)
      return `o.body -> '${checked(condition.field)}' @> ${this.value(JSON.stringify(condition.contains))}::jsonb`;
    return unreachable(condition);
  }

  /** A field's text, of the table `o`. */
  textOf(field: string): string {
    return textOf(field, 'o');
  }

  /** Never null, so that comparisons with a marker have an answer. JSON order: null, text, number, boolean. */
  sortKey(field: string, table: 'o' | 'm'): string {
    const column = SORT_COLUMNS[field];
    if (column === undefined) return `coalesce(${table}.body -> '${checked(field)}', 'null'::jsonb)`;
    return column === 'name' || column === 'project_id' ? `coalesce(${table}.${column}, '')` : `${table}.${column}`;
  }
}

function textOf(field: string, table: string): string {
  const column = COLUMNS[field];
  return column === undefined ? `${table}.body ->> '${checked(field)}'` : `${table}.${column}`;
}

function checked(field: string): string {
  if (!FIELD.test(field))
    throw new Bug(`"${field}" is no field name; fields must be checked against the declared ones before they get here`);
  return field;
}
