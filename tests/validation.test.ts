/**
 * What validation says of templates with mistakes, held to the texts beside them (update: `vitest run tests/validation.test.ts -u`); and of templates with
 * one mistake made in them: every error names its place. All types of the program; nobody is asked, nothing is stored.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '@hearth/kernel';
import { registryOf } from '@hearth/resource-kit';
import { coreTypes } from '@hearth/resources-core';
import { openstackTypes } from '@hearth/resources-openstack';
import { stackUseCases, type DiagnoseDefinition, type Diagnosis } from '@hearth/stacks';
import { NOTHING_SENT, testCaller, testStacks } from '@hearth/stacks/testing';
import type { Database } from '@hearth/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const FOLDER = 'testdata/validation';
const { ports } = testStacks({ database: {} as Database });
const registry = registryOf<unknown>([...coreTypes, ...openstackTypes] as Parameters<typeof registryOf<unknown>>[0]);
const stacks = stackUseCases({ ...ports, registry });
const caller = testCaller('a'.repeat(32));

const diagnosis = (asked: Partial<DiagnoseDefinition> & { readonly template: string }): Promise<Diagnosis> =>
  stacks.diagnoseDefinition(caller, { ...NOTHING_SENT, mode: 'lenient', offline: true, limit: 200, ...asked });

function told({ severity, code, message, hint, file = null, path, position }: Diagnostic): string {
  const place = `${file ?? 'template.yaml'}:${position?.line ?? '-'}:${position?.column ?? '-'}`;
  return `${place} ${severity} ${code} at ${path.join('.') || '(the whole)'}\n    ${message}${hint === null ? '' : `\n    (${hint})`}\n`;
}

function caseOf(name: string): {
  readonly template: string;
  readonly files: Readonly<Record<string, string>>;
  readonly environments: string[];
} {
  const folder = join(FOLDER, name);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted();
  const texts = Object.fromEntries(names.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  const { 'template.yaml': template = '', ...files } = texts;
  return { template, files, environments: Object.keys(files).filter((file) => file.startsWith('env')) };
}

describe('templates with mistakes', () => {
  it.each(readdirSync(FOLDER))('%s', async (name) => {
    const { template, files, environments } = caseOf(name);
    const mode = name.startsWith('strict') ? 'strict' : 'lenient';
    const { diagnostics, errors, warnings } = await diagnosis({ template, files, environmentFiles: environments, mode });
    const text = [...diagnostics.map(told), `${errors} errors, ${warnings} warnings\n`].join('');
    await expect(text).toMatchFileSnapshot(join('..', FOLDER, name, 'told.txt'));
  });

  it('a bound on what is told leaves out warnings first, and counts the rest', async () => {
    const { template } = caseOf('misspelt');
    const all = await diagnosis({ template });
    const few = await diagnosis({ template, limit: 3 });
    expect(few.diagnostics).toHaveLength(3);
    expect(few.diagnostics.every(({ severity }) => severity === 'error')).toBe(true);
    expect(few.errors).toBe(all.errors);
    expect(few.omitted).toBe(all.diagnostics.length - 3);
  });

  it('data has no positions, and the same errors', async () => {
    const { template } = caseOf('strict-values');
    const data = { heat_template_version: '2018-08-31', resources: { a: { type: 'OS::Heat::Valu' } } };
    const { diagnostics } = await diagnosis({ template: data as never });
    expect(diagnostics).toMatchObject([{ code: 'unknown-resource-type', position: null, path: ['resources', 'a', 'type'] }]);
    expect(template).toContain('OS::Heat');
  });
});

const SOUND = `heat_template_version: 2018-08-31
parameters:
  size: { type: number, default: 1 }
  zone: { type: string, default: mars, constraints: [{ allowed_values: [nova, mars] }] }
conditions:
  far: { equals: [{ get_param: zone }, mars] }
resources:
  net:
    type: OS::Neutron::Net
    properties:
      admin_state_up: true
  subnet:
    type: OS::Neutron::Subnet
    properties:
      network: { get_resource: net }
      cidr: 10.0.0.0/24
      ip_version: 4
  volume:
    type: OS::Cinder::Volume
    condition: far
    depends_on: net
    properties:
      size: { get_param: size }
      name: { list_join: ['-', [a, { get_param: zone }]] }
  part:
    type: part.yaml
    properties:
      name: { get_attr: [subnet, cidr] }
outputs:
  id:
    value: { get_resource: subnet }
  part:
    value: { get_attr: [part, word] }
`;
const PART = `heat_template_version: 2018-08-31
parameters:
  name: { type: string }
resources:
  word:
    type: OS::Heat::RandomString
    properties:
      length: 8
      salt: { get_param: name }
outputs:
  word:
    value: { get_attr: [word, value] }
`;
const sound = (template = SOUND, part = PART): Promise<Diagnosis> => diagnosis({ template, files: { 'part.yaml': part } });

describe('one mistake in a sound template', () => {
  it('without it nothing is told', async () => expect((await sound()).diagnostics).toEqual([]));

  const MISTAKES: readonly (readonly [was: string, is: string, code: string, hint: string | null])[] = [
    ['2018-08-31', '2018-08-32', 'unknown-version', '2018-08-31'],
    ['heat_template_version', 'heat_template_versoin', 'missing-version', 'heat_template_version'],
    ['parameters:', 'paramters:', 'unknown-section', 'parameters'],
    ['resources:', 'resource:', 'unknown-section', 'resources'],
    ['outputs:', 'output:', 'unknown-section', 'outputs'],
    ['conditions:', 'condition:', 'unknown-section', 'conditions'],
    ['type: number', 'type: integer', 'invalid-parameter-schema', 'number'],
    ['default: 1', 'defualt: 1', 'invalid-parameter-schema', 'default'],
    ['allowed_values', 'alowed_values', 'invalid-parameter-constraint', 'allowed_values'],
    ['get_param: zone }, mars', 'get_param: zoen }, mars', 'unknown-parameter', 'zone'],
    ['type: OS::Neutron::Subnet', 'type: OS::Neutron::Subnett', 'unknown-resource-type', 'OS::Neutron::Subnet'],
    ['admin_state_up:', 'admin_state:', 'unknown-property', null],
    ['admin_state_up: true', 'admin_state_up: maybe', 'wrong-type', null],
    ['cidr: 10', 'cider: 10', 'unknown-property', 'cidr'],
    ['ip_version: 4', 'ip_version: 5', 'constraint', null],
    ['network: { get_resource: net }', 'network: { get_resource: nett }', 'unknown-resource', 'net'],
    ['condition: far', 'condition: fra', 'unknown-condition', 'far'],
    ['condition: far', 'conditon: far', 'invalid-resource', 'condition'],
    ['depends_on: net', 'depends_on: nte', 'unknown-resource', 'net'],
    ['list_join:', 'list_jion:', 'wrong-type', null],
    ["list_join: ['-', ", 'list_join: [', 'invalid-function-call', null],
    ['name: { get_attr: [subnet, cidr]', 'name: { get_attr: [subnet, cider]', 'unknown-attribute', 'cidr'],
    ['name: { get_attr: [subnet', 'name: { get_attr: [sbnet', 'unknown-resource', 'subnet'],
    ['name: { get_attr', 'nme: { get_attr', 'unknown-property', 'name'],
    ['value: { get_resource: subnet }', 'valu: { get_resource: subnet }', 'invalid-output', 'value'],
    ['type: part.yaml', 'type: part.yml', 'unknown-resource-type', '.yaml'],
    ['type: part.yaml', 'type:part.yaml', 'invalid-yaml', 'space'],
    ['default: mars', 'default: @mars', 'invalid-yaml', 'quotes'],
    ["'-'", "'-", 'invalid-yaml', 'not closed'],
    ['    properties:\n      network', '\tproperties:\n      network', 'invalid-yaml', 'tabs'],
  ];

  it.each(MISTAKES)('%s → %s: %s', async (was, is, code, hint) => {
    const at = SOUND.indexOf(was);
    expect(at).toBeGreaterThanOrEqual(0);
    const line = SOUND.slice(0, at).split('\n').length;
    const { diagnostics } = await sound(SOUND.replace(was, is));
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((one) => [one.code, one.file])).toEqual([[code, null]]);
    // An output is named by its own line, which is the one before.
    expect([line, line - 1]).toContain(errors[0]?.position?.line);
    if (hint !== null) expect(errors[0]?.hint).toContain(hint);
  });

  it('in what present values leave out it is a remark', async () => {
    const without = SOUND.replace('default: mars', 'default: nova');
    expect((await sound(without)).diagnostics).toEqual([]);
    const { diagnostics } = await sound(without.replace('OS::Cinder::Volume', 'OS::Cinder::Volum'));
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'unknown-resource-type', position: { line: 19 } }]);
  });

  it.each([
    ['type: string', 'type: strng', 'invalid-parameter-schema'],
    ['length: 8', 'length: 0', 'constraint'],
    ['length: 8', 'lenght: 8', 'unknown-property'],
    ['get_param: name', 'get_param: nmae', 'unknown-parameter'],
    ['salt: {', 'salt: {{', 'invalid-yaml'],
  ])('in the nested template: %s → %s', async (was, is, code) => {
    const line = PART.slice(0, PART.indexOf(was)).split('\n').length;
    const { diagnostics } = await sound(SOUND, PART.replace(was, is));
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((one) => [one.code, one.file, one.position?.line])).toEqual([[code, 'part.yaml', line]]);
  });
});

describe('whatever is done to a template', () => {
  const edit = fc.record({
    at: fc.nat(SOUND.length - 1),
    cut: fc.nat(12),
    put: fc.oneof(
      fc.constantFrom('', ' ', '\n', '\t', ':', '{', '}', '[', ']', '"', "'", '%', '!', '*a', '&a ', '- '),
      fc.string({ maxLength: 6 }),
    ),
  });

  it('every diagnostic has its place within a text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), fc.boolean(), async (edits, isBelow) => {
        const changed = edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), isBelow ? PART : SOUND);
        const texts: Readonly<Record<string, string>> = isBelow ? { '': SOUND, 'part.yaml': changed } : { '': changed, 'part.yaml': PART };
        const { diagnostics } = await sound(texts[''], texts['part.yaml']);
        for (const { file, position } of diagnostics) {
          const lines = (texts[file ?? ''] as string).split('\n');
          if (position === null) continue;
          expect(position.line).toBeGreaterThanOrEqual(1);
          expect(position.line).toBeLessThanOrEqual(lines.length);
          expect(position.column).toBeGreaterThanOrEqual(1);
          expect(position.column).toBeLessThanOrEqual((lines[position.line - 1] as string).length + 1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
