/** Every function against results that were taken from the reference implementation (Zed), one row a case. */
import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from '../binding/bind-definition.ts';
import { resolveOutput } from '../binding/resolve.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';

interface Vector {
  readonly name: string;
  readonly version: string;
  readonly parameters?: JsonObject;
  readonly values?: JsonObject;
  readonly conditions?: JsonObject;
  readonly files?: Record<string, string>;
  readonly expression: Json;
  readonly result?: Json;
  readonly refused?: true;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../../testdata/template/function-vectors.json', import.meta.url), 'utf8'),
) as Vector[];

function outcome(vector: Vector): { result: Json } | { refused: true; messages: readonly string[] } {
  const parsed = parseTemplate({
    heat_template_version: vector.version,
    ...(vector.parameters === undefined ? {} : { parameters: vector.parameters }),
    ...(vector.conditions === undefined ? {} : { conditions: vector.conditions }),
    resources: { r: { type: 'OS::Heat::None' } },
    outputs: { o: { value: vector.expression } },
  });
  if (parsed.definition === null) return { refused: true, messages: parsed.diagnostics.map((d) => d.message) };
  const { bound, diagnostics } = bindDefinition({
    definition: parsed.definition,
    environment: { ...emptyEnvironment, parameters: vector.values ?? {} },
    pseudo: { stackId: 'sid', stackName: 'st', projectId: 'p' },
    files: vector.files ?? {},
    strict: true,
  });
  if (bound === null) return { refused: true, messages: diagnostics.map((d) => d.message) };
  const resolved = resolveOutput(bound, 'o', { referenceId: () => 'r', attribute: () => null, allAttributes: () => ({}) });
  expect(resolved.diagnostics).toEqual([]);
  return { result: resolved.value };
}

describe('functions', () => {
  test('there are vectors', () => expect(vectors.length).toBeGreaterThan(300));
  test.each(vectors.map((vector) => [`${vector.name} (${vector.version})`, vector] as const))('%s', (_name, vector) => {
    const got = outcome(vector);
    if (vector.refused) expect(got).toMatchObject({ refused: true });
    // As text, so that the order of keys counts too.
    else expect(JSON.stringify(got)).toBe(JSON.stringify({ result: vector.result }));
  });
});
