/** Environments and what templates name by URL, against the whole program: stock client, plain REST, a web server, containers, the operator's folder. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { openstackCommand } from '../tools/stock-client/openstack.ts';
import { needs } from './requires.ts';

type Answer = Record<string, never>;

const INNER = `heat_template_version: 2018-08-31
description: inner
parameters: {words: {type: comma_delimited_list, default: ''}}
resources:
  said: {type: OS::Heat::Value, properties: {value: {get_param: words}}}
  file: {type: OS::Heat::Value, properties: {type: string, value: {get_file: WEB/words.txt}}}
outputs:
  words: {value: {list_join: ['-', {get_attr: [said, value]}]}}
  file: {value: {get_attr: [file, value]}}
`;
const OUTER = `heat_template_version: 2018-08-31
parameters: {words: {type: comma_delimited_list}, map: {type: json, default: {}}}
resources:
  inner: {type: My::Words, properties: {words: {get_param: words}}}
outputs:
  words: {value: {get_attr: [inner, words]}}
  file: {value: {get_attr: [inner, file]}}
  map: {value: {get_param: map}}
`;

needs('openstack-client')('environments', () => {
  const folder = temporaryFolder('environments');
  const served = new Map<string, string>();
  const asked: string[] = [];
  let web: Server;
  let url = '';
  let server: ServerProcess;
  let rest: Rest;
  let stacks = '';

  beforeAll(async () => {
    web = createServer((request, response) => {
      asked.push(request.url ?? '');
      const text = served.get(request.url ?? '');
      response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(text ?? '');
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    served.set('/inner.yaml', INNER.replace('WEB', url));
    served.set('/words.txt', 'from the web');
    served.set('/outer.yaml', OUTER);
    mkdirSync(`${folder}/environment`);
    writeFileSync(`${folder}/everywhere.yaml`, 'heat_template_version: 2018-08-31\noutputs: {here: {value: operator}}\n');
    writeFileSync(`${folder}/environment/a.yaml`, `resource_registry: {"Ops::Everywhere": "file://${folder}/everywhere.yaml"}\n`);
    server = await startServer({
      dataDir: `${folder}/data`,
      variables: { HEARTH_OUTBOUND_ALLOW: '127.0.0.1', HEARTH_ENVIRONMENT_DIR: `${folder}/environment` },
    });
    rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
    stacks = `${rest.endpoint('orchestration')}/stacks`;
  });
  afterAll(async () => {
    await server?.stop();
    await new Promise((resolve) => web.close(resolve));
    removeFolder(folder);
  });

  const create = async (body: object) => {
    const answer = await rest.call<{ stack: { id: string } }>('POST', stacks, { ...body, disable_rollback: true });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    const name = (body as { stack_name: string }).stack_name;
    const stackUrl = `${stacks}/${name}/${answer.body.stack.id}`;
    const settled = await untilSettled(rest, stackUrl, 60_000);
    expect(settled.stack_status, settled.stack_status_reason).toBe('CREATE_COMPLETE');
    const shown = await rest.call<{ stack: { outputs: { output_key: string; output_value: unknown }[] } }>('GET', stackUrl);
    return { stackUrl, outputs: Object.fromEntries(shown.body.stack.outputs.map((one) => [one.output_key, one.output_value])) };
  };
  const gone = async (stackUrl: string) => {
    expect((await rest.call('DELETE', stackUrl)).status).toBe(204);
    expect((await untilSettled(rest, stackUrl, 60_000)).stack_status).toBe('DELETE_COMPLETE');
  };

  it('the stock client sends several files, and they are merged by strategy', { timeout: 240_000 }, async () => {
    const openstack = openstackCommand({ cloudsFile: `${folder}/data/clouds.yaml`, cloud: 'hearth' });
    writeFileSync(`${folder}/outer.yaml`, OUTER);
    writeFileSync(`${folder}/inner.yaml`, INNER.replace('WEB', url));
    writeFileSync(
      `${folder}/a.yaml`,
      'parameter_merge_strategies: {words: merge, map: deep_merge}\nparameters: {words: [a, b], map: {x: {y: [1]}}}\nresource_registry: {"My::Words": inner.yaml}\n',
    );
    writeFileSync(`${folder}/b.yaml`, 'parameters: {words: [c], map: {x: {y: [2], z: 3}}}\n');
    const files = ['-t', `${folder}/outer.yaml`, '-e', `${folder}/a.yaml`, '-e', `${folder}/b.yaml`];
    await openstack.text('stack', 'create', ...files, '--wait', 'merged');
    const found = await rest.call<{ stacks: { id: string }[] }>('GET', `${stacks}?name=merged`);
    const stackUrl = `${stacks}/merged/${found.body.stacks[0]?.id}`;
    const output = async (key: string) =>
      (await rest.call<{ output: { output_value: unknown } }>('GET', `${stackUrl}/outputs/${key}`)).body.output.output_value;
    expect(await output('words')).toBe('a-b-c');
    expect(await output('file')).toBe('from the web');
    const shown = await openstack.json<{ parameters: Record<string, string> }>('stack', 'environment', 'show', 'merged');
    expect(shown.parameters).toEqual({ words: ['a', 'b', 'c'], map: { x: { y: [1, 2], z: 3 } } });
    writeFileSync(`${folder}/c.yaml`, 'parameter_merge_strategies: {words: overwrite}\nparameters: {words: [c]}\n');
    const refused = await openstack.attempt('stack', 'create', ...files, '-e', `${folder}/c.yaml`, 'conflict');
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/Conflicting merge strategy 'overwrite' for parameter 'words'/);
    await gone(stackUrl);
  });

  it('a template, its nested template and a file by URL, kept with the stack and not asked for again', { timeout: 120_000 }, async () => {
    const environment = { parameters: { words: 'x,y' }, resource_registry: { base_url: url, 'My::Words': 'inner.yaml' } };
    const { stackUrl, outputs } = await create({ stack_name: 'remote', template_url: `${url}/outer.yaml`, environment });
    expect(outputs).toEqual({ words: 'x-y', file: 'from the web', map: {} });
    const files = await rest.call<Record<string, string>>('GET', `${stackUrl}/files`);
    expect(Object.keys(files.body).sort()).toEqual([`${url}/inner.yaml`, `${url}/words.txt`]);
    const before = asked.length;
    expect((await rest.call('PATCH', stackUrl, { parameters: { words: 'z' } })).status).toBe(202);
    expect((await untilSettled(rest, stackUrl, 60_000)).stack_status).toBe('UPDATE_COMPLETE');
    expect(asked.length).toBe(before);
    await gone(stackUrl);
  });

  it.each<[string, object, RegExp]>([
    [
      'a template that is not there',
      { template_url: 'WEB/no.yaml' },
      /^Could not retrieve template: WEB\/no\.yaml was answered with HTTP 404\./,
    ],
    ['an address that is not allowed', { template_url: 'http://127.0.0.2/x.yaml' }, /^Could not retrieve template: .*127\.0\.0\.2/],
    ['a file of the server', { template_url: 'file:///etc/hostname' }, /^Could not retrieve template: Invalid URL scheme file/],
    [
      'a nested template that is not there, without its secrets',
      { template: { heat_template_version: '2018-08-31', resources: { r: { type: 'http://me:sesame@HOST/no.yaml' } } } },
      /^Could not fetch remote template "WEB\/no\.yaml", named in the template at resources\.r\.type: /,
    ],
    [
      "a user's file of the server",
      { template: { heat_template_version: '2018-08-31', resources: { r: { type: 'file:///etc/x.yaml' } } } },
      /the server reads no files of its own for users/,
    ],
    [
      'a hook that does not exist',
      { template: { heat_template_version: '2018-08-31' }, environment: { resource_registry: { resources: { r: { hooks: 'pre-x' } } } } },
      /^Invalid hook type "pre-x" for resource breakpoint, acceptable hook types are: \('pre-create', /,
    ],
  ])('refused: %s', async (_name, body, message) => {
    const sent = JSON.parse(JSON.stringify(body).replaceAll('WEB', url).replaceAll('HOST', new URL(url).host)) as object;
    const { status, body: answer } = await rest.call<{ error: { message: string } }>('POST', stacks, { stack_name: 'refused', ...sent });
    expect(status).toBe(400);
    expect(answer.error.message.replaceAll(url, 'WEB')).toMatch(message);
    expect(answer.error.message).not.toContain('sesame');
  });

  it('a container that is not there is said to be missing', async () => {
    const body = { stack_name: 'refused', template: { heat_template_version: '2018-08-31' }, files_container: 'nosuch' };
    const { status, body: answer } = await rest.call<{ error: { message: string } }>('POST', stacks, body);
    expect(status).toBe(404);
    expect(answer.error.message).toMatch(/container "nosuch".*there is no such container/);
  });

  it('files from a container, below those that were sent', { timeout: 120_000 }, async () => {
    const store = rest.endpoint('object-store');
    const put = (path: string, text: string) =>
      fetch(`${store}/${path}`, { method: 'PUT', headers: { 'x-auth-token': rest.token }, body: text });
    expect((await put('templates', '')).ok).toBe(true);
    await put('templates/parts/inner.yaml', INNER.replace('WEB/words.txt', 'words.json'));
    await put('templates/words.json', '{"b":  1}');
    await put('templates/env.yaml', 'parameters: {words: [container]}');
    const { stackUrl, outputs } = await create({
      stack_name: 'contained',
      template: OUTER.replace('My::Words', 'parts/inner.yaml'),
      files_container: 'templates',
      files: { 'env.yaml': 'parameters: {words: [sent]}' },
      environment_files: ['env.yaml'],
    });
    expect(outputs).toMatchObject({ words: 'sent', file: '{"b":  1}' });
    await gone(stackUrl);
  });

  it("the operator's mappings count for everybody, and their templates are not shown as the user's", { timeout: 120_000 }, async () => {
    const template = {
      heat_template_version: '2018-08-31',
      resources: { r: { type: 'Ops::Everywhere' } },
      outputs: { here: { value: { get_attr: ['r', 'here'] } } },
    };
    const { stackUrl, outputs } = await create({ stack_name: 'everywhere', template });
    expect(outputs).toEqual({ here: 'operator' });
    expect((await rest.call('GET', `${stackUrl}/files`)).body).toEqual({});
    expect((await rest.call<Answer>('GET', `${stackUrl}/environment`)).body).toMatchObject({ resource_registry: { resources: {} } });
    await gone(stackUrl);
    const own = { resource_registry: { 'Ops::Everywhere': 'OS::Heat::None' } };
    const overridden = await create({ stack_name: 'mine', template: { ...template, outputs: {} }, environment: own });
    await gone(overridden.stackUrl);
  });

  it('validation tells the parameters of nested stacks as Heat 19 does, when asked', async () => {
    const sample = JSON.parse(readFileSync('testdata/environments/nested-parameters.json', 'utf8')) as { body: object; heat: object };
    const validate = (query: string) => rest.call<Answer>('POST', `${rest.endpoint('orchestration')}/validate${query}`, sample.body);
    const lacking = { template: { heat_template_version: '2018-08-31', outputs: { o: { value: { get_file: 'nosuch' } } } } };
    expect((await rest.call('POST', `${rest.endpoint('orchestration')}/validate`, lacking)).status).toBe(200);
    expect((await validate('')).body).not.toHaveProperty('NestedParameters');
    const { status, body: answer } = await validate('?show_nested=true');
    expect(status, JSON.stringify(answer)).toBe(200);
    const { Environment: _environment, ...parameters } = answer as Record<string, unknown>;
    expect(parameters).toEqual(sample.heat);
    const remote = { template: OUTER, environment: { resource_registry: { 'My::Words': `${url}/inner.yaml` } } };
    const { body: fetched } = await rest.call<Answer>('POST', `${rest.endpoint('orchestration')}/validate?show_nested=1`, remote);
    expect(fetched).toMatchObject({ error: { message: expect.stringContaining('show_nested') } });
    const { body: nested } = await rest.call<Answer>('POST', `${rest.endpoint('orchestration')}/validate?show_nested=true`, remote);
    expect(nested).toMatchObject({ NestedParameters: { inner: { Type: 'My::Words', Description: 'inner' } } });
  });
});
