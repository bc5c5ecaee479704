/** The rows of the reference's tables of functions, parameters and worked edge cases, each a test that bears the row's name. */
import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from './binding/bind-definition.ts';
import { resolveOutput } from './binding/resolve.ts';
import type { References } from './definition/bound.ts';
import { loadDocument } from './document/load-document.ts';
import { emptyEnvironment } from './environment/parse-environment.ts';
import { parseTemplate } from './parse-template.ts';

interface Row {
  readonly table: string;
  readonly row: string;
  /** Of HOT, or `cfn 2010-09-09`. */
  readonly version?: string;
  readonly parameters?: JsonObject;
  readonly values?: JsonObject;
  /** `parameter_defaults` of the environment. */
  readonly defaults?: JsonObject;
  readonly conditions?: JsonObject;
  readonly resources?: JsonObject;
  /** Of the resource `r`. */
  readonly attributes?: JsonObject;
  readonly files?: Readonly<Record<string, string>>;
  readonly facade?: JsonObject;
  readonly expression?: Json;
  /** A text to load, instead of an expression. */
  readonly yaml?: string;
  readonly result?: Json;
  readonly special?: 'nan' | 'inf';
  readonly error?: string;
  readonly message?: string;
}
const rows = JSON.parse(readFileSync(new URL('../../../testdata/template/worked-rows.json', import.meta.url), 'utf8')) as readonly Row[];
const SPECIAL = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY };

type Got = { readonly result: Json } | { readonly error: string | undefined; readonly message: string | undefined };

function templateOf({ version = '2021-04-16', parameters = {}, conditions = {}, resources = {}, expression = null }: Row): JsonObject {
  const [, date] = version.split(' ');
  if (date === undefined) {
    return {
      heat_template_version: version,
      parameters,
      ...(Object.keys(conditions).length === 0 ? {} : { conditions }),
      resources: { r: { type: 'OS::Heat::None' }, ...resources },
      outputs: { o: { value: expression } },
    };
  }
  return {
    AWSTemplateFormatVersion: date,
    Parameters: parameters,
    Conditions: conditions,
    Mappings: { m: { k: { v: 'a' } } },
    Resources: { r: { Type: 'OS::Heat::None' }, ...resources },
    Outputs: { o: { Value: expression } },
  };
}

function outcome(row: Row): Got {
  const parsed = parseTemplate(templateOf(row));
  const refused = (diagnostics: typeof parsed.diagnostics): Got => ({ error: diagnostics[0]?.type, message: diagnostics[0]?.message });
  if (parsed.definition === null) return refused(parsed.diagnostics);
  const { bound, diagnostics } = bindDefinition({
    definition: parsed.definition,
    environment: { ...emptyEnvironment, parameters: row.values ?? {}, parameterDefaults: row.defaults ?? {} },
    pseudo: { stackId: 'sid', stackName: 'st', projectId: 'p' },
    files: row.files ?? {},
    facade: row.facade ?? null,
    strict: true,
  });
  if (bound === null) return refused(diagnostics);
  const attributes = row.attributes ?? {};
  const references: References = {
    referenceId: (name) => `${name}-id`,
    attribute: (_name, attribute) => attributes[attribute],
    allAttributes: () => attributes,
  };
  const resolved = resolveOutput(bound, 'o', references);
  expect(resolved.diagnostics).toEqual([]);
  return { result: resolved.value };
}

const tables = [...new Set(rows.map((row) => row.table))];

test('there are rows in every table', () => {
  expect(tables).toEqual(['worked', 'parameters', 'rules', 'functions', 'host language']);
  expect(rows.length).toBeGreaterThan(280);
});

describe.each(tables)('%s', (table) => {
  test.each(rows.filter((row) => row.table === table).map((row) => [row.row, row] as const))('%s', (_name, row) => {
    if (row.yaml !== undefined) {
      const { value, diagnostics } = loadDocument(row.yaml);
      expect(diagnostics).toEqual([]);
      expect(value).toEqual(row.special === undefined ? row.result : { a: SPECIAL[row.special] });
      return;
    }
    const got = outcome(row);
    if (row.error !== undefined) {
      expect(got).toMatchObject({ error: row.error, ...(row.message === undefined ? {} : { message: row.message }) });
    } else if (row.special !== undefined) expect(got).toEqual({ result: SPECIAL[row.special] });
    // As text, so that the order of keys counts too.
    else expect(JSON.stringify(got)).toBe(JSON.stringify({ result: row.result }));
  });
});
