/** `hearth validate` as users run it: against the whole program, and without any. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { runHearth, type Ended } from './hearth-command.ts';

const folder = temporaryFolder('validate-command');
const data = join(folder, 'data');
let server: ServerProcess;

const TEMPLATE = `heat_template_version: 2018-08-31
parameters:
  size: { type: number }
resources:
  part: { type: parts/part.yaml, properties: { size: { get_param: size }, nmae: x } }
  server:
    type: OS::Nova::Server
    properties:
      flavor: m1.enormous
      imag: cirros
`;
const PART = `heat_template_version: 2018-08-31
parameters:
  size: { type: number }
  name: { type: string, default: '' }
resources:
  volume: { type: OS::Cinder::Volume, properties: { sizee: 1, name: { get_param: name } } }
`;

beforeAll(async () => {
  mkdirSync(join(folder, 'parts'));
  writeFileSync(join(folder, 'web.yaml'), TEMPLATE);
  writeFileSync(join(folder, 'parts/part.yaml'), PART);
  writeFileSync(join(folder, 'env.yaml'), 'parameters:\n  size: large\n');
  writeFileSync(
    join(folder, 'sound.yaml'),
    'heat_template_version: 2018-08-31\nparameters: { n: { type: number } }\nresources:\n  r: { type: OS::Heat::RandomString, properties: { length: { get_param: n } } }\n',
  );
  writeFileSync(join(folder, 'broken.yaml'), 'heat_template_version: 2018-08-31\nresources:\n\ta: {}\n');
  server = await startServer({ dataDir: data });
});
afterAll(async () => {
  await server?.stop();
  removeFolder(folder);
});

/** In the folder of the templates. */
const hearth = (...args: string[]): Promise<Ended> => runHearth(['validate', ...args], { cwd: folder });

describe('with a server', () => {
  it('tells every problem with file, line, mark and remedy', async () => {
    const ended = await hearth('web.yaml', '-e', 'env.yaml', '--data', data);
    expect(ended.err).toBe('');
    expect(ended.out).toBe(`web.yaml:5:75: error: Unknown Property nmae [unknown-property]
  5 |   part: { type: parts/part.yaml, properties: { size: { get_param: size }, nmae: x } }
    |                                                                           ^
    hint: did you mean "name"?
web.yaml:9:7: error: Error validating value 'm1.enormous': No Flavor matching {'name': 'm1.enormous'}. (HTTP 404) [custom-constraint]
  9 |       flavor: m1.enormous
    |       ^
web.yaml:10:7: error: Unknown Property imag [unknown-property]
  10 |       imag: cirros
     |       ^
    hint: did you mean "image"?
env.yaml:2:3: error: Parameter 'size' is invalid: the value must be a number [invalid-parameter]
  2 |   size: large
    |   ^
parts/part.yaml:3:3: warning: the parameter "size" is not used [unused-parameter]
  3 |   size: { type: number }
    |   ^
    hint: remove it, or use it
parts/part.yaml:6:53: error: Unknown Property sizee [unknown-property]
  6 |   volume: { type: OS::Cinder::Volume, properties: { sizee: 1, name: { get_param: name } } }
    |                                                     ^
    hint: did you mean "size"?
web.yaml: 5 errors, 1 warning.
`);
    expect(ended.code).toBe(1);
  });

  it('as JSON, for editors', async () => {
    const ended = await hearth('web.yaml', '--strict', '--json', '--data', data);
    const told = JSON.parse(ended.out) as {
      valid: boolean;
      errors: number;
      note: null;
      diagnostics: { file: string; code: string; line: number }[];
    };
    expect(told).toMatchObject({ template: 'web.yaml', valid: false, note: null });
    expect(told.diagnostics.map(({ file, code, line }) => `${file}:${line} ${code}`)).toContain('web.yaml:3 missing-parameter');
    expect(ended.code).toBe(1);
  });

  it('is content with what is right', async () => {
    expect(await hearth('sound.yaml', '--data', data)).toMatchObject({ code: 0, out: 'sound.yaml: nothing is wrong.\n', err: '' });
    expect((await hearth('sound.yaml', '--strict', '--data', data)).code).toBe(1);
    expect((await hearth('sound.yaml', '--strict', '-P', 'n=4', '--data', data)).code).toBe(0);
  });
});

describe('without a server', () => {
  it('tells what can be told, and how to have the rest', async () => {
    const ended = await hearth('broken.yaml', '--data', join(folder, 'nowhere'));
    expect(
      ended.out,
    ).toContain(`broken.yaml:3:1: error: the text is neither JSON nor YAML: tab characters must not be used in indentation [invalid-yaml]
  3 | \ta: {}
    | ^
    hint: YAML takes no tabs for indentation: use spaces
broken.yaml: 1 error, 0 warnings.
`);
    expect(ended.out).toMatch(/were not checked: no server is running on .*start one with "npm start"/);
    expect(ended.code).toBe(1);
    const sound = await hearth('sound.yaml', '--offline');
    expect(sound).toMatchObject({ code: 0, err: '' });
    expect(sound.out).toContain('nothing is wrong');
  });

  it('a template that is not there', async () => {
    const ended = await hearth('none.yaml', '--offline');
    expect(ended.err).toContain('none.yaml cannot be read');
    expect(ended.code).toBe(1);
  });
});
