/** The `hearth` command line against the whole program on the embedded cloud: up, update, list, show, delete, doctor, and its complaints. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login, miniCloudUser } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { runHearth, type Ended } from './hearth-command.ts';

const folder = temporaryFolder('command-line');
const data = `${folder}/data`;
let server: ServerProcess;

beforeAll(async () => {
  server = await startServer({ dataDir: data });
});
afterAll(async () => {
  await server?.stop();
  removeFolder(folder);
});

const hearth = (...args: string[]): Promise<Ended> => runHearth([...args, '--data', data]);

function template(name: string, text: string): string {
  const file = `${folder}/${name}.yaml`;
  writeFileSync(file, `heat_template_version: 2018-08-31\n${text}`);
  return file;
}
const pair = (length: string): string => `
parameters:
  length: { type: number, default: ${length} }
resources:
  word: { type: OS::Heat::RandomString, properties: { length: { get_param: length } } }
  copy: { type: OS::Heat::Value, properties: { value: { get_attr: [word, value] } } }
outputs:
  word: { value: { get_attr: [copy, value] } }
`;

describe('the flags that every command has', () => {
  it('may stand before the command', async () => {
    const listed = await runHearth(['--data', data, '--json', 'stack', 'list']);
    expect(listed.err).toBe('');
    expect(Array.isArray(JSON.parse(listed.out))).toBe(true);
  });

  it('a reader that stops reading is no error', async () => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'apps/cli/src/main.ts', 'doctor', '--data', data]);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdout.destroy();
    await new Promise((resolve) => child.once('close', resolve));
    expect(err).toBe('');
  });
});

describe('a stack', () => {
  it('is created, updated, listed, shown and deleted', async () => {
    const file = template('pair', pair('8'));
    const created = await hearth('up', file);
    expect(created.err).toBe('');
    expect(created.code).toBe(0);
    expect(created.out).toMatch(/Creating stack pair .*✓ word .*CREATE_COMPLETE.*pair CREATE_COMPLETE.*Outputs:\s+word {2}\w{8}\n/s);

    const updated = await hearth('up', file, '-P', 'length=12', '--json');
    expect(updated.code).toBe(0);
    const after = JSON.parse(updated.out) as { status: string; outputs: { value: string }[]; resources: { name: string }[] };
    expect(after.status).toBe('UPDATE_COMPLETE');
    expect(after.outputs[0]?.value).toHaveLength(12);
    expect(after.resources.map((resource) => resource.name).toSorted()).toEqual(['copy', 'word']);

    expect((await hearth('stack', 'list')).out).toMatch(/^pair +UPDATE_COMPLETE/m);
    expect((await hearth('stack', 'show', 'pair')).out).toMatch(/^word +OS::Heat::RandomString.*\n└─ copy/m);

    const deleted = await hearth('stack', 'delete', 'pair', '--wait');
    expect(deleted.out).toMatch(/pair is gone/);
    expect(deleted.code).toBe(0);
    expect(JSON.parse((await hearth('stack', 'list', '--json')).out)).toEqual([]);
  });

  it('takes environment, files and its own name along', async () => {
    writeFileSync(`${folder}/greeting.txt`, 'good morning\n');
    writeFileSync(`${folder}/env.yaml`, 'parameters:\n  who: world\n');
    const file = template(
      'greet',
      "parameters: { who: { type: string } }\nresources:\n  v: { type: OS::Heat::Value, properties: { value: { list_join: [' ', [{ get_file: greeting.txt }, { get_param: who }]] } } }\noutputs: { o: { value: { get_attr: [v, value] } } }\n",
    );
    const created = await hearth('up', file, '-e', `${folder}/env.yaml`, '-n', 'renamed', '--json');
    expect(created.code).toBe(0);
    expect(JSON.parse(created.out)).toMatchObject({ name: 'renamed', outputs: [{ value: 'good morning\n world' }] });
    expect((await hearth('stack', 'delete', 'renamed', '--wait')).code).toBe(0);
  });

  it('takes the templates of a folder along, and shows what is nested as a tree', async () => {
    const at = `${folder}/nested`;
    mkdirSync(`${at}/parts`, { recursive: true });
    const version = 'heat_template_version: 2018-08-31\n';
    writeFileSync(`${at}/parts/greeting.txt`, 'good evening');
    writeFileSync(
      `${at}/parts/member.yaml`,
      `${version}parameters: { who: { type: string } }\nresources:\n  text: { type: OS::Heat::Value, properties: { value: { list_join: [' ', [{ get_file: greeting.txt }, { get_param: who }]] } } }\noutputs: { text: { value: { get_attr: [text, value] } } }\n`,
    );
    writeFileSync(`${at}/parts/registry.yaml`, 'resource_registry:\n  My::Member: member.yaml\n');
    writeFileSync(`${at}/last.yaml`, 'parameters: { who: moon }\n');
    writeFileSync(
      `${at}/web.yaml`,
      `${version}parameters: { who: { type: string }, note: { type: string } }\nresources:\n  one: { type: parts/member.yaml, properties: { who: { get_param: who } } }\n  group: { type: OS::Heat::ResourceGroup, properties: { count: 2, resource_def: { type: My::Member, properties: { who: '%index%' } } } }\noutputs: { one: { value: { get_attr: [one, text] } }, note: { value: { get_param: note } } }\n`,
    );
    const environments = ['-e', `${at}/parts/registry.yaml`, '-e', `${at}/last.yaml`];
    const created = await hearth('up', `${at}/web.yaml`, ...environments, '--parameter-file', `note=${at}/parts/greeting.txt`);
    expect(created.err).toBe('');
    expect(created.code).toBe(0);
    expect(created.out).toMatch(/✓ one\.text .*CREATE_COMPLETE/);
    expect(created.out).toMatch(/✓ group\.0\.text .*CREATE_COMPLETE.*✓ group .*CREATE_COMPLETE.*web CREATE_COMPLETE/s);
    expect(created.out).toMatch(/one +good evening moon/);
    expect(created.out).toMatch(/note +good evening/);

    const told = JSON.parse((await hearth('events', 'web', '--json')).out) as {
      stackId: string;
      stackPath: string;
      status: string;
      cursor: string;
    }[];
    expect([...new Set(told.map((event) => event.stackPath))].toSorted()).toEqual([
      'web',
      'web.group',
      'web.group.0',
      'web.group.1',
      'web.one',
    ]);
    expect(told.at(-1)).toMatchObject({ stackPath: 'web', status: 'CREATE_COMPLETE' });
    expect(new Set(told.map((event) => event.cursor)).size).toBe(told.length);
    expect((await hearth('events', 'web', '--no-nested')).out).not.toContain('web.group.0');

    const watched = await hearth('watch', 'web');
    expect(watched.out).toMatch(/^web CREATE_COMPLETE$/m);
    expect(watched.code).toBe(0);

    // By id: the name may be gone before the reader has come to ask for it.
    const rootId = told.find((event) => event.stackPath === 'web')?.stackId ?? '';
    const following = hearth('events', rootId, '--follow', '--json');
    const deleted = await hearth('stack', 'delete', 'web', '--wait');
    expect(deleted.out).toMatch(/group\.1\.text .*DELETE_COMPLETE.*web is gone/s);
    const followed = (await following).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { stackPath: string; status: string; cursor: string });
    expect(followed.slice(0, told.length)).toEqual(told);
    expect(followed.at(-1)).toMatchObject({ stackPath: 'web', status: 'DELETE_COMPLETE' });
    expect(new Set(followed.map((event) => event.cursor)).size).toBe(followed.length);
  });

  it('is watched by looking at it where the server has no stream of events', async () => {
    const { projectId } = await login(server.ready.identity as string, miniCloudUser(data));
    const asked: string[] = [];
    const plain = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.startsWith('/hearth') === true) {
        response.writeHead(404).end();
        return;
      }
      const origin = new URL(server.ready.orchestration as string);
      const { host: _host, ...headers } = request.headers;
      const onward = forward({ host: origin.hostname, port: origin.port, path: request.url, method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    try {
      const endpoint = `http://127.0.0.1:${(plain.address() as AddressInfo).port}/v1/${projectId}`;
      const created = await hearth('up', template('plain', pair('8')), '--endpoint', endpoint);
      expect(created.out).toMatch(/✓ word .*CREATE_COMPLETE.*plain CREATE_COMPLETE/s);
      expect(created.code).toBe(0);
      expect((await hearth('stack', 'delete', 'plain', '--wait', '--endpoint', endpoint)).out).toMatch(/plain is gone/);
      expect(asked.filter((url) => url.startsWith('/hearth')).length).toBeGreaterThan(0);
    } finally {
      await new Promise((resolve) => {
        plain.close(resolve);
        plain.closeAllConnections();
      });
    }
  });

  it('that fails ends with 1 and the reason', async () => {
    const file = template('failing', 'resources: { t: { type: OS::Heat::TestResource, properties: { fail: true } } }\n');
    const ended = await hearth('up', file);
    expect(ended.code).toBe(1);
    expect(ended.out).toMatch(/✗ t .*CREATE_FAILED: .+\nfailing CREATE_FAILED: .+/);
    expect((await hearth('stack', 'delete', 'failing', '--wait')).code).toBe(0);
  });
});

describe('complaints', () => {
  it.each([
    ['a wrong property', ['up', 'WRONG'], /resources\.w.*lenght/s],
    ['a template that is not there', ['up', '/no/such.yaml'], /template \/no\/such\.yaml cannot be read/],
    ['a malformed parameter', ['up', 'WRONG', '-P', 'x'], /-P x: a parameter is written key=value/],
    ['an unknown stack', ['stack', 'show', 'nosuch'], /there is no stack "nosuch"/],
    ['an unknown cloud', ['stack', 'list', '--cloud', 'nosuch'], /has no cloud "nosuch"; it has: hearth, hearth-other, hearth-admin/],
    [
      'an argument that is missing',
      ['stack', 'retry'],
      /^hearth: missing required argument 'stack'\nUsage: hearth stack retry \[options\] <stack>\nMore: hearth stack retry --help\n$/,
    ],
    ['a flag that is none', ['why', 'x', '--jsn'], /^hearth: unknown option '--jsn'\n.*\nUsage: hearth why /],
    ['a command that stands elsewhere', ['retry', 'x'], /^hearth: unknown command 'retry'\nThere is: hearth stack retry\nUsage: hearth /],
  ])('%s', async (_name, args, message) => {
    const file = template('wrong', 'resources: { w: { type: OS::Heat::RandomString, properties: { lenght: 3 } } }\n');
    const ended = await hearth(...args.map((arg) => (arg === 'WRONG' ? file : arg)));
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toMatch(/\n\s+at /);
    expect(ended.code).toBe(1);
  });

  it('are JSON where JSON was asked for', async () => {
    const ended = await hearth('stack', 'show', 'nosuch', '--json');
    expect(JSON.parse(ended.out)).toMatchObject({ error: { code: 'not-found' } });
    expect(ended.code).toBe(1);
    const mistyped = await hearth('stack', 'retry', '--jsn', '--json');
    expect(JSON.parse(mistyped.out)).toMatchObject({
      error: { code: 'invalid', message: expect.stringContaining("unknown option '--jsn'") },
    });
    expect([mistyped.err, mistyped.code]).toEqual(['', 1]);
  });

  it('without a server say how to start one', async () => {
    const ended = await runHearth(['stack', 'list', '--data', `${folder}/none`]);
    expect(ended.err).toMatch(/no server is running on .*none.*npm start/);
    expect(ended.code).toBe(1);
  });
});

describe('another cloud', () => {
  it('is another project', async () => {
    const file = template('mine', 'resources: { n: { type: OS::Heat::None } }\n');
    expect((await hearth('up', file)).code).toBe(0);
    expect(JSON.parse((await hearth('stack', 'list', '--cloud', 'hearth-other', '--json')).out)).toEqual([]);
    expect((await hearth('stack', 'delete', 'mine', '--cloud', 'hearth-other')).code).toBe(1);
    expect((await hearth('stack', 'delete', 'mine', '--wait')).code).toBe(0);
  });
});

describe('doctor', () => {
  interface Report {
    readonly problems: number;
    readonly findings: readonly { readonly what: string; readonly ok: boolean; readonly saw: string; readonly remedy: string | null }[];
  }
  const doctor = async (
    args: readonly string[],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Report & { readonly code: number | null }> => {
    const ended = await runHearth(['doctor', '--json', ...args], { variables });
    return { ...(JSON.parse(ended.out) as Report), code: ended.code };
  };
  const wrong = (report: Report): string[] => report.findings.filter((finding) => !finding.ok).map((finding) => finding.what);

  it('finds nothing wrong with a running server', async () => {
    const report = await doctor(['--data', data]);
    expect(wrong(report)).toEqual([]);
    expect(report.findings.map((finding) => finding.what)).toEqual([
      'Node',
      'data folder',
      'disk',
      'server',
      'database',
      'clock',
      'data',
      'Keystone',
      'login',
      'catalogue',
    ]);
    expect(report.code).toBe(0);
  });

  it('finds that no server runs', async () => {
    const report = await doctor(['--data', `${folder}/none`]);
    expect(wrong(report)).toEqual(['server', 'Keystone']);
    expect(report.code).toBe(1);
  });

  it('finds a server that died, and a folder open to others', async () => {
    const dead = `${folder}/dead`;
    mkdirSync(dead);
    chmodSync(dead, 0o755);
    writeFileSync(`${dead}/ready.json`, JSON.stringify({ pid: 4_194_303, orchestration: 'http://127.0.0.1:1/v1', identity: null }));
    const report = await doctor(['--data', dead]);
    expect(wrong(report)).toEqual(['data folder', 'server', 'Keystone']);
    expect(report.findings.find((finding) => finding.what === 'server')?.saw).toContain('ended without a clean stop');
  });

  it('finds a wrong password', async () => {
    const variables = { OS_AUTH_URL: server.ready.identity as string, OS_USERNAME: 'demo', OS_PASSWORD: 'wrong', OS_PROJECT_NAME: 'demo' };
    const report = await doctor([], { ...variables, HEARTH_DATA: data });
    expect(wrong(report)).toEqual(['login']);
  });

  it('finds a service user that is refused', async () => {
    const variables = {
      HEARTH_KEYSTONE_AUTH_URL: server.ready.identity as string,
      HEARTH_KEYSTONE_USERNAME: 'heat',
      HEARTH_KEYSTONE_PASSWORD: 'wrong',
      HEARTH_KEYSTONE_PROJECT_NAME: 'service',
    };
    const report = await doctor(['--data', data], variables);
    expect(wrong(report)).toEqual(['service user']);
  });
});
