/** What `up` sends of a folder: addresses in the place of names, and every file once, however deep it is named. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { environmentReferences, templateReferences } from './file-references.ts';
import { parametersFromFiles, readTemplateFiles } from './template-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'hearth-template-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const VERSION = 'heat_template_version: 2018-08-31\n';
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}
const address = (name: string): string => pathToFileURL(join(folder, name)).href;

describe('references', () => {
  it.each<[string, string, string[]]>([
    ['a file for a value', 'a: { get_file: x.txt }', ['x.txt']],
    ['a file anywhere', 'a: [{ b: { c: [{ get_file: "x y.txt" }] } }]', ['x y.txt']],
    ['a template as a type', 'resources: { a: { type: ../b.yaml }, c: { type: d.template } }', ['../b.yaml', 'd.template']],
    ['other types', 'resources: { a: { type: OS::Heat::Value }, b: { type: b.json } }', []],
    ['a file that is computed', 'a: { get_file: { get_param: x } }', []],
    ['what is behind an alias, once', 'a: &x { get_file: f }\nb: *x', ['f']],
    ['no YAML', 'a: [', []],
    ['nothing', '', []],
  ])('in a template: %s', (_what, text, names) => {
    expect(
      templateReferences(text)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(names.toSorted());
  });

  it.each<[string, string, [string, string | null][]]>([
    ['templates for types', 'resource_registry: { My::A: a.yaml, "My::*": "OS::*" }', [['a.yaml', null]]],
    ['a base', 'resource_registry: { base_url: parts, My::A: a.yaml }', [['a.yaml', 'parts']]],
    [
      'single resources, with bases of their own',
      'resource_registry: { base_url: x, resources: { one: { My::A: a.yaml, hooks: pre-create }, two: { base_url: y, My::A: b.yaml, restricted_actions: update } } }',
      [
        ['a.yaml', 'x'],
        ['b.yaml', 'y'],
      ],
    ],
    ['parameters are left alone', 'parameters: { type: a.yaml, f: { get_file: x } }', []],
  ])('in an environment: %s', (_what, text, found) => {
    expect(environmentReferences(text).map(({ name, base }) => [name, base])).toEqual(found);
  });
});

describe('files', () => {
  it('are gathered from the files that name them, relative to each', () => {
    const template = file(
      'deep/web.yaml',
      `${VERSION}# kept\nresources:\n  a: { type: parts/a.yaml }\n  b: { type: OS::Heat::Value, properties: { value: { get_file: note.txt } } }\n`,
    );
    file('deep/note.txt', 'note');
    file(
      'deep/parts/a.yaml',
      `${VERSION}resources:\n  a: { type: more/b.yaml }\n  c: { type: OS::Heat::Value, properties: { value: { get_file: ../note.txt } } }\n`,
    );
    file('deep/parts/more/b.yaml', `${VERSION}resources: { a: { type: ../a.yaml } }\n`);
    const sent = readTemplateFiles(template, []);
    const note = JSON.stringify(address('deep/note.txt'));
    expect(sent.template).toBe(
      `${VERSION}# kept\nresources:\n  a: { type: ${JSON.stringify(address('deep/parts/a.yaml'))} }\n  b: { type: OS::Heat::Value, properties: { value: { get_file: ${note} } } }\n`,
    );
    expect(Object.keys(sent.files).toSorted()).toEqual(['deep/note.txt', 'deep/parts/a.yaml', 'deep/parts/more/b.yaml'].map(address));
    expect(sent.files[address('deep/parts/a.yaml')]).toContain(note);
    expect(sent.files[address('deep/parts/more/b.yaml')]).toContain(JSON.stringify(address('deep/parts/a.yaml')));
  });

  it('of environments follow their base', () => {
    const template = file('env/web.yaml', `${VERSION}resources: {}\n`);
    file('env/parts/a.yaml', VERSION);
    file('env/b.yaml', VERSION);
    const first = file('env/first.yaml', 'resource_registry:\n  base_url: parts/\n  My::A: a.yaml\n');
    const second = file('env/second.yaml', 'resource_registry: { My::B: b.yaml, My::C: http://elsewhere/c.yaml }\n');
    const sent = readTemplateFiles(template, [first, second]);
    expect(Object.keys(sent.files).toSorted()).toEqual([address('env/b.yaml'), address('env/parts/a.yaml')]);
    expect(sent.environments.map(({ name }) => name)).toEqual([address('env/first.yaml'), address('env/second.yaml')]);
    expect(sent.environments[0]?.text).toContain(JSON.stringify(address('env/parts/a.yaml')));
    expect(sent.environments[1]?.text).toContain('http://elsewhere/c.yaml');
  });

  it('that are no templates are sent as they are, those that are no text as base64 in lines', () => {
    const template = file('plain/t.yaml', `${VERSION}resources: { a: { x: { get_file: list.yaml }, y: { get_file: bytes } } }\n`);
    file('plain/list.yaml', 'a: { get_file: nowhere.txt }\n');
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => 155 + i);
    file('plain/bytes', bytes);
    const { files } = readTemplateFiles(template, []);
    expect(files[address('plain/list.yaml')]).toBe('a: { get_file: nowhere.txt }\n');
    const base64 = files[address('plain/bytes')] as string;
    expect(base64.split('\n').map((line) => line.length)).toEqual([76, 60, 0]);
    expect(Buffer.from(base64, 'base64')).toEqual(Buffer.from(bytes));
  });

  it('that are not there are named with the file that names them', () => {
    const template = file('lost/t.yaml', `${VERSION}resources: { a: { type: gone.yaml } }\n`);
    expect(() => readTemplateFiles(template, [])).toThrow(/file that .*lost\/t\.yaml names .*lost\/gone\.yaml cannot be read/);
  });

  it('give parameters their values', () => {
    const script = file('boot.sh', '#!/bin/sh\n');
    expect(parametersFromFiles([`script=${script}`])).toEqual({ script: '#!/bin/sh\n' });
    expect(() => parametersFromFiles(['script'])).toThrow(/--parameter-file script: a parameter is written key=path/);
  });
});
