/** Merging of environment files: every case that Heat 19 was asked, what is meant to differ from its answers, and documents nobody would write. */
import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '@hearth/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTemplate } from '../parse-template.ts';
import { environmentView } from '../views/validate-view.ts';
import { mergeEnvironmentFiles, parameterTypes } from './merge-environments.ts';
import { type ParsedEnvironment, parseEnvironment } from './parse-environment.ts';

interface Case {
  readonly name: string;
  /** Texts or data, by place; `MISSING`: named and not sent. */
  readonly environments: readonly Json[];
  readonly parameters: JsonObject;
  readonly files?: Record<string, string>;
  readonly environment?: JsonObject;
  readonly heat: { readonly status: number; readonly type?: string; readonly message?: string; readonly environment?: JsonObject };
}
const vectors = JSON.parse(readFileSync(new URL('../../../../testdata/environments/merging.json', import.meta.url), 'utf8')) as {
  readonly template: JsonObject;
  readonly cases: readonly Case[];
};

function merged(one: Case): ParsedEnvironment {
  const { definition } = parseTemplate(vectors.template);
  const names = one.environments.map((_, index) => `${index}.yaml`);
  if (names.length === 0) {
    const parsed = parseEnvironment(one.environment ?? {});
    const { environment } = parsed;
    return { ...parsed, environment: { ...environment, parameters: { ...environment.parameters, ...one.parameters } } };
  }
  const content = (given: Json): string | null => (given === 'MISSING' ? null : typeof given === 'string' ? given : JSON.stringify(given));
  const files = names.map((name, index) => ({ name, content: content(one.environments[index] ?? null) }));
  return mergeEnvironmentFiles({ parameters: one.parameters, files, types: parameterTypes(definition!, one.files ?? {}) });
}

/** Where Heat gives up in the middle (500, or 400 with the name of an exception of its language), and the reference says what is meant. */
const TAKEN: Readonly<Record<string, JsonObject>> = {
  'list merge: text then list': { parameters: { l: ['a', 'b', 'c'] } },
  'list merge: list then text': { parameters: { l: ['a', 'c', 'd'] } },
  'json merge: first as text': { parameters: { j: { a: 1, b: 2 } } },
  'json merge: second is empty text': { parameters: { j: { a: 1 } } },
  'number merge': { parameters: { n: 3 } },
  'number merge: texts': { parameters: { n: 3 } },
  'number merge: number then text': { parameters: { n: 3 } },
  'string merge: number second': { parameters: { s: 'a1' } },
  'string merge: number first': { parameters: { s: '1a' } },
  'json deep merge: numbers': { parameters: { j: { a: 2 } } },
  'sinks of two files': {
    event_sinks: [
      { type: 'zaqar-queue', target: 'q' },
      { type: 'zaqar-queue', target: 'r' },
    ],
  },
  'encrypted names of two files': { encrypted_param_names: ['s', 'n'] },
  'encrypted names': { encrypted_param_names: ['s'] },
};
/** Refused by the binding of parameters, not by the merging. */
const BINDING = ['UnknownUserParameter'];
/** Heat has another word for booleans than for texts that mean them. */
const BOOLEANS = 'boolean merge';

describe('as Heat 19 answers', () => {
  test.each(vectors.cases.map((one) => [one.name, one] as const))('%s', (name, one) => {
    const { environment, diagnostics } = merged(one);
    const { heat } = one;
    const taken = TAKEN[name];
    const { resource_registry = {}, ...rest } = environmentView(environment);
    const nothing = { parameters: {}, parameter_defaults: {}, event_sinks: [] };
    if (taken !== undefined) {
      expect(diagnostics).toEqual([]);
      expect(rest).toEqual({ ...nothing, ...taken });
    } else if (heat.status === 200) {
      expect(diagnostics).toEqual([]);
      expect({ ...rest, resource_registry }).toEqual(heat.environment);
    } else if (BINDING.includes(heat.type ?? '')) {
      expect(diagnostics).toEqual([]);
    } else {
      expect(diagnostics.length).toBeGreaterThan(0);
      const { type, message } = diagnostics[0]!;
      if (/^(Conflicting|Invalid)/.test(heat.type ?? ''))
        expect({ type, message: message.replace(/^\d\.yaml: /, '') }).toEqual({ type: heat.type, message: heat.message });
      else expect(type).toBe(name === BOOLEANS ? 'InvalidMergeStrategyForParam' : 'HTTPBadRequest');
    }
  });
  test('there are many', () => expect(vectors.cases.length).toBeGreaterThan(100));
});

test('what is wrong names the file and the place', () => {
  const files = [
    { name: 'good.yaml', content: 'parameters: {a: 1}' },
    { name: 'bad.yaml', content: 'parameters: {}\nparamters: {}' },
  ];
  const { diagnostics } = mergeEnvironmentFiles({ parameters: {}, files, types: new Map() });
  expect(diagnostics).toMatchObject([
    {
      message: 'bad.yaml: the environment has a wrong section "paramters"',
      position: { line: 2 },
      hint: 'did you mean "parameters"?',
    },
  ]);
});

const value = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, false, 0, 1.5, '', 'x', '{"a": 1}', '{', 'a,b', '__proto__'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'hooks', 'resources', 'A*', '__proto__', 'constructor'), tie('any'), { maxKeys: 3 }),
  ),
})).any;
const section = fc.constantFrom(
  'parameters',
  'parameter_defaults',
  'resource_registry',
  'event_sinks',
  'encrypted_param_names',
  'parameter_merge_strategies',
);
const named = fc.dictionary(
  fc.constantFrom('s', 'n', 'l', 'j', 'b', 'x', 'default', '__proto__'),
  fc.oneof(value, fc.constantFrom('merge', 'deep_merge')),
  {
    maxKeys: 4,
  },
);
const document = fc.oneof(
  fc.string().map((text): string | Json => text),
  fc.dictionary(section, fc.oneof(value, named), { maxKeys: 4 }).map((one) => JSON.stringify(one)),
);

test('nothing makes it throw, and what it gives holds no null mapping', () => {
  const types = parameterTypes(parseTemplate(vectors.template).definition!, {});
  fc.assert(
    fc.property(fc.array(document, { maxLength: 4 }), named, (documents, parameters) => {
      const files = documents.map((content, index) => ({
        name: String(index),
        content: typeof content === 'string' ? content : JSON.stringify(content),
      }));
      const { environment } = mergeEnvironmentFiles({ parameters: parameters as JsonObject, files, types });
      expect(Object.values(environment.resourceRegistry)).not.toContain(null);
    }),
    { numRuns: 2_000 },
  );
});
