/** Environments: sections, what null takes away, refusals. */
import type { Json } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { emptyEnvironment, parseEnvironment } from './parse-environment.ts';

describe('environments', () => {
  test.each([
    ['empty text', '', {}],
    ['empty map', {}, {}],
    [
      'sections',
      'parameters: {a: 1}\nparameter_defaults: {b: yes}\nresource_registry: {X: y.yaml}\nevent_sinks: [{type: zaqar-queue, target: q}]\nencrypted_param_names: [a]\n',
      {
        parameters: { a: 1 },
        parameterDefaults: { b: true },
        resourceRegistry: { X: 'y.yaml' },
        eventSinks: [{ type: 'zaqar-queue', target: 'q' }],
        encryptedParamNames: ['a'],
      },
    ],
    [
      'null takes mappings away',
      {
        resource_registry: { 'A::B': 'x.yaml', 'A::C': 'C::D', 'B::B': 'x.yaml', 'A::*': null, resources: { r: { hooks: null, X: null } } },
      },
      { resourceRegistry: { 'B::B': 'x.yaml', resources: { r: {} } } },
    ],
    ['merge strategies are accepted', { parameter_merge_strategies: { a: 'merge' } }, {}],
  ] as const)('%s', (_name, source, expected) => {
    const { environment, draft, diagnostics } = parseEnvironment(source as string | Json);
    expect({ environment, diagnostics }).toEqual({ environment: { ...emptyEnvironment, ...expected }, diagnostics: [] });
    expect(draft).toEqual(environment);
  });
  test.each([
    ['unknown section', { parameters: {}, parameter_default: {} }, 'unknown-section'],
    ['flat: parameters only', { a: 1, b: [2] }, 'unknown-section'],
    ['a mapping of the wrong kind', { resource_registry: { A: 5 } }, 'invalid-registry-entry'],
    [
      'a registry without a bottom',
      { resource_registry: JSON.parse(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`) as Json },
      'invalid-registry-entry',
    ],
    ['a sink without a target', { event_sinks: [{ type: 'zaqar-queue' }] }, 'invalid-event-sink'],
    ['a sink with a password in its URL', { event_sinks: [{ type: 'webhook', target: 'https://u:p@example.org/' }] }, 'invalid-event-sink'],
    ['null section', 'parameters:\n', 'empty-section'],
    ['a list', '[1]', 'not-a-map'],
    ['section of the wrong kind', { parameters: [] }, 'invalid-section'],
    ['sinks of the wrong kind', { event_sinks: {} }, 'invalid-section'],
    ['no YAML', 'a: [', 'invalid-yaml'],
  ] as const)('refused: %s', (_name, source, code) => {
    const { environment, diagnostics } = parseEnvironment(source as string | Json);
    expect(environment).toEqual(emptyEnvironment);
    expect(diagnostics[0]).toMatchObject({ type: 'HTTPBadRequest', code });
  });
});
