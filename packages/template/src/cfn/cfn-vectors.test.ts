/** CloudFormation documents and functions against results that were taken from the reference implementation (Zed), one row a case. */
import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from '../binding/bind-definition.ts';
import { resolveOutput } from '../binding/resolve.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';

interface FunctionVector {
  readonly name: string;
  readonly version: '2010-09-09' | '2012-12-12';
  readonly expression: Json;
  readonly result?: Json;
  readonly refused?: true;
}
interface DocumentVector {
  readonly name: string;
  readonly template: JsonObject;
  readonly values?: JsonObject;
  readonly resources?: readonly string[];
  readonly outputs?: JsonObject;
  /** Heat's type of error; true where Heat itself broke down. */
  readonly error?: string | true;
  readonly message?: string;
}

const rows = <T>(name: string): readonly T[] =>
  JSON.parse(readFileSync(new URL(`../../../../testdata/template/${name}.json`, import.meta.url), 'utf8')) as readonly T[];
const functions = rows<FunctionVector>('cfn-function-vectors');
const documents = rows<DocumentVector>('cfn-document-vectors');

function outcome(template: JsonObject, values: JsonObject = {}) {
  const parsed = parseTemplate(template);
  if (parsed.definition === null) return { diagnostics: parsed.diagnostics };
  const { bound, diagnostics } = bindDefinition({
    definition: parsed.definition,
    environment: { ...emptyEnvironment, parameters: values },
    pseudo: { stackId: 'sid', stackName: 'st', projectId: 'tenant-1' },
    files: {},
    strict: true,
  });
  if (bound === null) return { diagnostics };
  const references = { referenceId: (name: string) => name, attribute: () => null, allAttributes: () => ({}) };
  const outputs: [string, Json][] = [];
  for (const name of bound.outputs.keys()) {
    const resolved = resolveOutput(bound, name, references);
    expect(resolved.diagnostics).toEqual([]);
    outputs.push([name, resolved.value]);
  }
  return { diagnostics, resources: [...bound.resources.keys()].sort(), outputs: Object.fromEntries(outputs) };
}

const PARAMETERS = {
  s: { Type: 'String', Default: 'str' },
  l: { Type: 'CommaDelimitedList', Default: 'a,b' },
  j: { Type: 'Json', Default: { a: [1, { b: 2 }] } },
  n: { Type: 'Number', Default: 5 },
  b: { Type: 'Boolean', Default: true },
};
const MAPPINGS = {
  m: { k: { v: 'a', l: ['x', 'y'], n: 7, '0': 'zero' }, '5': { v: 'five' } },
  bad: 'str',
  deep: { k: { v: { x: 1 } } },
};
function withExpression({ version, expression }: FunctionVector): JsonObject {
  return {
    ...(version === '2010-09-09'
      ? { AWSTemplateFormatVersion: version, Conditions: { y: true, z: false } }
      : { HeatTemplateFormatVersion: version }),
    Parameters: PARAMETERS,
    Mappings: MAPPINGS,
    Resources: { r: { Type: 'OS::Heat::None' } },
    Outputs: { o: { Value: expression } },
  };
}

describe('functions', () => {
  test('there are vectors', () => expect(functions.length).toBeGreaterThan(200));
  test.each(functions.map((vector) => [`${vector.name} (${vector.version})`, vector] as const))('%s', (_name, vector) => {
    const got = outcome(withExpression(vector));
    if (vector.refused) {
      expect(got.outputs).toBeUndefined();
      expect(got.diagnostics[0]?.path.slice(0, 3)).toEqual(['Outputs', 'o', 'Value']);
    } else expect(JSON.stringify(got.outputs?.['o'])).toBe(JSON.stringify(vector.result));
  });
});

describe('documents', () => {
  test('there are vectors', () => expect(documents.length).toBeGreaterThan(400));
  test.each(documents.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const got = outcome(vector.template, vector.values);
    if (vector.error === undefined) {
      expect(got.diagnostics).toEqual([]);
      expect(got.resources).toEqual(vector.resources);
      expect(got.outputs).toEqual(vector.outputs ?? {});
      return;
    }
    expect(got.outputs).toBeUndefined();
    if (vector.error !== true) expect(got.diagnostics[0]?.type).toBe(vector.error);
    if (vector.message !== undefined) expect(got.diagnostics[0]?.message).toBe(vector.message);
  });
});
