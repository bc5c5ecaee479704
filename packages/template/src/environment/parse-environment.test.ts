/** Environments: sections, the old flat form, refusals. */
import type { Json } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { emptyEnvironment, parseEnvironment } from './parse-environment.ts';

describe('environments', () => {
  test.each([
    ['empty text', '', {}],
    ['empty map', {}, {}],
    [
      'sections',
      'parameters: {a: 1}\nparameter_defaults: {b: yes}\nresource_registry: {X: y.yaml}\nevent_sinks: [{type: zaqar-queue}]\nencrypted_param_names: [a]\n',
      {
        parameters: { a: 1 },
        parameterDefaults: { b: true },
        resourceRegistry: { X: 'y.yaml' },
        eventSinks: [{ type: 'zaqar-queue' }],
        encryptedParamNames: ['a'],
      },
    ],
    ['flat: parameters only', { a: 1, b: [2] }, { parameters: { a: 1, b: [2] } }],
    ['merge strategies are accepted', { parameter_merge_strategies: { a: 'merge' } }, {}],
  ] as const)('%s', (_name, source, expected) => {
    expect(parseEnvironment(source as string | Json)).toEqual({ environment: { ...emptyEnvironment, ...expected }, diagnostics: [] });
  });
  test.each([
    ['unknown section', { parameters: {}, parameter_default: {} }, 'unknown-section'],
    ['null section', 'parameters:\n', 'empty-section'],
    ['a list', '[1]', 'not-a-map'],
    ['section of the wrong kind', { parameters: [] }, 'invalid-section'],
    ['sinks of the wrong kind', { event_sinks: {} }, 'invalid-section'],
    ['no YAML', 'a: [', 'invalid-yaml'],
  ] as const)('refused: %s', (_name, source, code) => {
    const { environment, diagnostics } = parseEnvironment(source as string | Json);
    expect(environment).toEqual(emptyEnvironment);
    expect(diagnostics).toMatchObject([{ type: 'HTTPBadRequest', code }]);
  });
});
