/** The lists of template versions and of their functions, as the API shows them. */
import { functionTables } from '../functions/tables.ts';
import { HOT_VERSION_KEY, HOT_VERSIONS } from '../hot/versions.ts';
import { CFN_VERSIONS } from '../cfn/versions.ts';

export interface TemplateVersion {
  readonly version: string;
  readonly type: 'hot' | 'cfn';
  readonly aliases: readonly string[];
}
export interface FunctionDescription {
  readonly functions: string;
  readonly description: string;
}

export function templateVersions(): readonly TemplateVersion[] {
  const cfn = CFN_VERSIONS.map(({ key, date }): TemplateVersion => ({ version: `${key}.${date}`, type: 'cfn', aliases: [] }));
  const hot = HOT_VERSIONS.map(
    ({ date, alias }): TemplateVersion => ({
      version: `${HOT_VERSION_KEY}.${date}`,
      type: 'hot',
      aliases: alias === null ? [] : [`${HOT_VERSION_KEY}.${alias}`],
    }),
  );
  return [...cfn, ...hot].sort((a, b) => (a.version < b.version ? -1 : 1));
}

/** Functions by name; those that only conditions may use on demand. Null for an unknown version. An alias counts as its version. */
export function templateFunctions(version: string, withConditions: boolean): readonly FunctionDescription[] | null {
  const known = templateVersions().find((entry) => entry.version === version || entry.aliases.includes(version));
  if (known === undefined) return null;
  const table = functionTables.get(known.version);
  if (table === undefined) return null;
  const shown = new Map([...(withConditions ? table.conditionFunctions : []), ...table.functions]);
  return sorted(
    [...shown.values()].filter((entry) => entry.removed !== true && entry.addition !== true).map((entry) => [entry.name, entry.doc]),
  );
}

const sorted = (entries: readonly (readonly [string, string])[]): readonly FunctionDescription[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([functions, description]) => ({ functions, description }));
