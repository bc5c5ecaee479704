/** What is told of a definition without knowing types: in every file, each problem at its own place. */
import { describe, expect, test } from 'vitest';
import { diagnoseAlone, type AloneInput } from './diagnose-alone.ts';

const TEMPLATE = `heat_template_version: 2018-08-31
parameters:
  size: { type: number }
  zone: { type: string }
resources:
  part: { type: part.yaml, properties: { size: { get_param: size } } }
  other: { type: Never::Heard, properties: { a: { get_resource: prat }, b: { get_param: zone } } }
`;
const PART = `heat_template_version: 2018-08-31
parameters:
  size: { type: number }
resources:
  thing: { type: Never::Heard, properties: { size: { get_param: siez } } }
`;
const ENVIRONMENT = 'parameters:\n  size: large\nparameter_defaults:\n  zoen: b\n';

function told(asked: Partial<AloneInput> = {}): readonly string[] {
  const files = { 'part.yaml': PART, 'env.yaml': ENVIRONMENT, 'notes.txt': 'a: b: c' };
  const input: AloneInput = { template: TEMPLATE, parameters: {}, environmentFiles: ['env.yaml'], files, mode: 'lenient', limit: 100 };
  return diagnoseAlone({ ...input, ...asked }).diagnostics.map(
    ({ file, position, severity, code }) => `${file ?? 'template'}:${position?.line}:${position?.column} ${severity} ${code}`,
  );
}

describe('a definition looked at alone', () => {
  test('template, environment and what is nested', () => {
    expect(told()).toEqual([
      'template:7:51 error unknown-resource',
      'env.yaml:2:3 error invalid-parameter',
      'env.yaml:4:3 warning unused-value',
      'part.yaml:3:3 warning unused-parameter',
      'part.yaml:5:54 error unknown-parameter',
    ]);
  });

  test('values are demanded in strict mode, and explicit ones win', () => {
    const codes = told({ mode: 'strict', parameters: { size: 3 } });
    expect(codes).toContain('template:4:3 error missing-parameter');
    expect(codes.join()).not.toContain('invalid-parameter');
  });

  test('an unreadable template hides nothing of the other files', () => {
    const codes = told({ template: 'a: [', files: { 'part.yaml': `${PART}\tx: 1\n`, 'env.yaml': 'parameter: {}\n' } });
    expect(codes).toEqual(['template:1:5 error invalid-yaml', 'env.yaml:1:1 error unknown-section', 'part.yaml:6:1 error invalid-yaml']);
  });
});
