/** The operator's environment: what its folder may hold, in which order it counts, and what stops the start. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readGlobalEnvironment } from './global-environment.ts';

const root = mkdtempSync(join(tmpdir(), 'hearth-global-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = join(root, String(count++));
  mkdirSync(join(folder, 'd'), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, 'd', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content.replaceAll('HERE', folder));
  }
  return join(folder, 'd');
}
const TEMPLATE = 'heat_template_version: 2018-08-31\n';

test('files in the order of their names; later ones win and take away; templates get names of their own', async () => {
  const folder = folderOf({
    '10.yaml': 'resource_registry: {"A::B": "C::D", "E::F": "file://HERE/d/../t/x.yaml", "G::H": "C::D"}',
    '20.yaml': 'resource_registry: {"A::B": "OS::Heat::None", "G::*": null, resources: {r: {"A::B": "file://HERE/d/../t/x.yaml"}}}',
    '.hidden': 'not read: [',
    '../t/x.yaml': TEMPLATE,
  });
  expect(await readGlobalEnvironment(folder)).toEqual({
    resourceRegistry: { 'A::B': 'OS::Heat::None', 'E::F': 'global:x.yaml', resources: { r: { 'A::B': 'global:x.yaml' } } },
    files: { 'global:x.yaml': TEMPLATE },
  });
});

test('without a folder: names that old templates know, and templates for two of them', async () => {
  const { resourceRegistry, files } = await readGlobalEnvironment(null);
  expect(resourceRegistry).toMatchObject({
    'OS::Quantum*': 'OS::Neutron*',
    'AWS::CloudWatch::Alarm': 'global:cloudwatch-alarm.yaml',
    'AWS::RDS::DBInstance': 'global:rds-instance.yaml',
  });
  expect(Object.keys(files).sort()).toEqual(['global:cloudwatch-alarm.yaml', 'global:rds-instance.yaml']);
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['a file that is no environment', { 'a.yaml': 'resource_registri: {}' }, /a\.yaml: .*wrong section "resource_registri".*did you mean/],
  ['parameters', { 'a.yaml': 'parameters: {a: 1}' }, /a\.yaml: it says more than a resource_registry/],
  [
    'a template that is not there',
    { 'a.yaml': 'resource_registry: {"A::B": "file:///nowhere/x.yaml"}' },
    /\/nowhere\/x\.yaml: it cannot be read/,
  ],
  [
    'a template that is none',
    { 'a.yaml': 'resource_registry: {"A::B": "file://HERE/d/../t/x.yaml"}', '../t/x.yaml': 'x: 1' },
    /x\.yaml: .*correct the template/,
  ],
  [
    'a file that is no template by name',
    { 'a.yaml': 'resource_registry: {"A::B": "file:///etc/hostname"}' },
    /end in \.yaml or \.template/,
  ],
  [
    'two templates of one name',
    {
      'a.yaml': 'resource_registry: {"A::B": "file://HERE/d/../t/x.yaml", "C::D": "file://HERE/d/../u/x.yaml"}',
      '../t/x.yaml': TEMPLATE,
      '../u/x.yaml': TEMPLATE,
    },
    /two templates are called x\.yaml/,
  ],
])('stops the start: %s', async (_name, files, message) => {
  await expect(readGlobalEnvironment(folderOf(files))).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(message),
  });
});

test('stops the start: a folder that is not there', async () => {
  await expect(readGlobalEnvironment('/nowhere/at/all')).rejects.toThrow(
    /HEARTH_ENVIRONMENT_DIR: \/nowhere\/at\/all: the folder cannot be read/,
  );
});
