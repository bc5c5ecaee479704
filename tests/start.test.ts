/** The server program as a newcomer runs it: `start --once`, its files, its stop, its complaints. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { login, miniCloudUser } from '../tools/server/rest.ts';
import { removeFolder, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { runServer } from './hearth-command.ts';

const folder = temporaryFolder('start');
afterAll(() => removeFolder(folder));

const onFreePorts = ['--port', '0', '--cloud-port', '0'];

// Whole programs, some of them twice: on a busy machine each takes its time.
describe('start --once', { timeout: 240_000 }, () => {
  it('deploys the example, shows each resource, and ends with 0; the next start finds it again', async () => {
    const data = `${folder}/once`;
    const first = await runServer(['start', '--once', '--data', data, ...onFreePorts]);
    expect(first.text).toContain('CREATE_COMPLETE');
    expect(first.text).toMatch(/✓ web /);
    expect(first.code).toBe(0);
    expect(existsSync(`${data}/ready.json`)).toBe(false);
    for (const file of ['clouds.yaml', 'openrc', 'passwords.json', 'secret.key'])
      expect((statSync(`${data}/${file}`).mode & 0o777).toString(8), file).toBe('600');
    expect(statSync(data).mode & 0o777).toBe(0o700);
    const second = await runServer(['start', '--once', '--data', data, ...onFreePorts]);
    expect(second.text).not.toContain('Deploying');
    expect(second.code).toBe(0);
  });

  it.each([
    [['start', '--port', 'abc'], {}, /--port: "abc" is not a port/],
    [['start', '--roles', 'chef'], {}, /"chef" is not a role/],
    [['start'], { HEARTH_PROT: '1' }, /HEARTH_PROT: there is no such setting/],
    [['start', '--database-url', 'mysql://x'], {}, /postgresql:\/\//],
    [['start'], { HEARTH_KEYSTONE_AUTH_URL: 'http://127.0.0.1:1/v3' }, /HEARTH_KEYSTONE_USERNAME: it is missing/],
    [['serve', '--database-url', 'postgresql://nobody@127.0.0.1:1/none', ...onFreePorts], {}, /127\.0\.0\.1.*See that the server runs/],
    [['start', '--pg-bin', '/nowhere', ...onFreePorts], {}, /programs in \/nowhere do not run.*--pg-bin/],
    [['start', '--once', '--no-example', ...onFreePorts], {}, /--once waits for the example/],
    [['start', '--data', '/proc/nowhere/below'], {}, /\/proc\/nowhere\/below cannot be used/],
  ])('%s %s: a clear complaint and exit 1', async (args, variables, complaint) => {
    const { code, text } = await runServer(args.includes('--data') ? args : [...args, '--data', `${folder}/bad`], variables);
    expect(text).toMatch(complaint);
    expect(text).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });

  it('says that the passwords file is damaged, without showing it', async () => {
    const data = `${folder}/damaged`;
    mkdirSync(data);
    writeFileSync(`${data}/passwords.json`, '{"demo": "sesame"');
    const { code, text } = await runServer(['serve', '--data', data, ...onFreePorts]);
    expect(code).toBe(1);
    expect(text).toMatch(/passwords\.json cannot be read.*remove it/);
    expect(text).not.toMatch(/sesame|\n\s+at /);
  });

  it('names the flag that chooses a port that is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    onTestFinished(() => void holder.close());
    const { port } = holder.address() as AddressInfo;
    for (const flag of ['--port', '--cloud-port']) {
      const { code, text } = await runServer(['serve', '--data', `${folder}/taken`, ...onFreePorts, flag, String(port)]);
      expect(code).toBe(1);
      expect(text).toContain(`${port}: the port is in use by another program; choose another with ${flag},`);
    }
  });

  it('says at the start that the cloud outside cannot be used, and answers with the reason', async () => {
    const server = await startServer({
      dataDir: `${folder}/no-cloud`,
      variables: {
        HEARTH_KEYSTONE_AUTH_URL: 'http://127.0.0.1:1/v3',
        HEARTH_KEYSTONE_USERNAME: 'heat',
        HEARTH_KEYSTONE_PASSWORD: 'sesame',
        HEARTH_KEYSTONE_PROJECT_NAME: 'service',
      },
    });
    const answer = await fetch(`${server.ready.orchestration}/any/stacks`, { headers: { 'x-auth-token': 'any' } });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('identity at http://127.0.0.1:1 cannot be reached');
    await expect.poll(server.output, { timeout: 60_000 }).toMatch(/cloud at .*127\.0\.0\.1:1\/v3 cannot be used: .*\n.*HEARTH_KEYSTONE_/);
    expect(server.output()).not.toMatch(/sesame|clouds\.yaml/);
    expect(await server.stop()).toBe(0);
  });

  it('refuses a folder of somebody else’s files and leaves its mode alone', async () => {
    const data = `${folder}/foreign`;
    mkdirSync(data, { mode: 0o755 });
    writeFileSync(`${data}/letter.txt`, 'dear');
    const { code, text } = await runServer(['serve', '--data', data, ...onFreePorts]);
    expect(text).toMatch(/letter\.txt.*is no data folder/);
    expect(code).toBe(1);
    expect(statSync(data).mode & 0o777).toBe(0o755);
  });

  it('says when a lost key makes the secrets unreadable', async () => {
    const data = `${folder}/lost-key`;
    const server = await startServer({ dataDir: data });
    await server.stop();
    const { rmSync } = await import('node:fs');
    rmSync(`${data}/secret.key`);
    const { code, text } = await runServer(['serve', '--data', data, ...onFreePorts]);
    expect(code).toBe(1);
    expect(text).toMatch(/secret\.key is missing/);
  });
});

describe('a running server', () => {
  it('answers bad input with a clear 4xx and changes nothing', async () => {
    const server = await startServer({ dataDir: `${folder}/bad-input` });
    try {
      const rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
      const stacks = `${server.ready.orchestration}/${rest.projectId}/stacks`;
      const create = (template: unknown, more: object = {}) =>
        rest.call<{ error: { type: string; message: string } }>('POST', stacks, { stack_name: 'bad', template, timeout_mins: 5, ...more });
      const resources = (r: object) => ({ heat_template_version: '2018-08-31', resources: r });
      const cases: [string, Promise<{ status: number; body: { error: { type: string; message: string } } }>, number, RegExp][] = [
        ['unknown type', create(resources({ a: { type: 'OS::Nova::Sever' } })), 400, /OS::Nova::Sever/],
        ['wrong property', create(resources({ a: { type: 'OS::Heat::RandomString', properties: { lenght: 3 } } })), 400, /lenght/],
        [
          'missing parameter',
          create({ heat_template_version: '2018-08-31', parameters: { p: { type: 'string' } } }),
          400,
          /\(p\) was not provided/,
        ],
        [
          'cycle',
          create(resources({ a: { type: 'OS::Heat::None', depends_on: 'b' }, b: { type: 'OS::Heat::None', depends_on: 'a' } })),
          400,
          /a.*b/,
        ],
        [
          'unknown image',
          create(resources({ a: { type: 'OS::Nova::Server', properties: { image: 'nosuch', flavor: 'm1.tiny' } } })),
          400,
          /nosuch/,
        ],
        ['2 MB body', create(resources({}), { files: { big: 'x'.repeat(2_000_000) } }), 400, /./],
      ];
      for (const [what, answer, status, message] of cases) {
        const { status: got, body } = await answer;
        expect(got, what).toBe(status);
        expect(body.error.message, what).toMatch(message);
      }
      expect((await rest.call<{ stacks: unknown[] }>('GET', stacks)).body.stacks).toEqual([]);
      const unstorable = await rest.call<object>('POST', `${rest.endpoint('network')}/v2.0/networks`, { network: { name: 'a\u0000b' } });
      expect(unstorable.status).toBe(400);
      expect(JSON.stringify(unstorable.body)).toContain('U+0000');
      const other = await login(server.ready.identity as string, miniCloudUser(server.dataDir, 'alt_demo'));
      expect((await other.call('GET', stacks)).status).toBe(403);
      expect((await fetch(stacks)).status).toBe(401);
    } finally {
      expect(await server.stop()).toBe(0);
      expect(existsSync(`${folder}/bad-input/ready.json`)).toBe(false);
      expect(readFileSync(`${folder}/bad-input/clouds.yaml`, 'utf8')).toContain('hearth-admin');
    }
  });
});
