/** Signals and wait conditions against the whole program: every way by which guests signal, who may, what is refused, and that nothing taken is lost. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';

const folder = temporaryFolder('signals');
const dataDir = `${folder}/data`;
let server: ServerProcess;
let rest: Rest;
let heat = '';

async function start(): Promise<void> {
  server = await startServer({ dataDir });
  rest = await login(server.ready.identity as string, miniCloudUser(dataDir));
  heat = rest.endpoint('orchestration');
}
beforeAll(start, 120_000);
afterAll(async () => {
  await server?.stop();
  removeFolder(folder);
});

interface Fault {
  readonly error: { readonly type: string; readonly message: string };
}
let count = 0;
const handleOf = (transport: string) => ({ type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: transport } });
const conditionOf = (handle: string, more: object = {}) => ({
  type: 'OS::Heat::WaitCondition',
  properties: { handle: { get_resource: handle }, timeout: 600, ...more },
});
const attribute = (resource: string, name: string) => ({ value: { get_attr: [resource, name] } });
const templateOf = (resources: object, outputs: object = {}) => ({ heat_template_version: '2018-08-31', resources, outputs });

async function create(resources: object, outputs: object = {}): Promise<string> {
  const body = { stack_name: `signals-${count++}`, template: templateOf(resources, outputs), timeout_mins: 10 };
  const made = await rest.call<{ stack: { links: { href: string }[] } }>('POST', `${heat}/stacks`, body);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body.stack.links[0]?.href as string;
}
const signal = (stack: string, resource: string, body?: object) => rest.call<Fault>('POST', `${stack}/resources/${resource}/signal`, body);
const stateOf = async (stack: string, resource: string): Promise<string> => {
  const { body } = await rest.call<{ resource?: { resource_status: string } }>('GET', `${stack}/resources/${resource}`);
  return body.resource?.resource_status ?? 'none';
};
const attributesOf = async (stack: string, resource: string) => {
  const { body } = await rest.call<{ resource: { attributes: Record<string, string> } }>('GET', `${stack}/resources/${resource}`);
  return body.resource.attributes;
};
const until = (stack: string, resource: string, state: string) =>
  expect.poll(() => stateOf(stack, resource), { timeout: 15_000, interval: 20 }).toBe(state);
const outputsOf = async (stack: string): Promise<Record<string, unknown>> => {
  const { body } = await rest.call<{ stack: { outputs: { output_key: string; output_value: unknown }[] } }>('GET', stack);
  return Object.fromEntries(body.stack.outputs.map((output) => [output.output_key, output.output_value]));
};
async function remove(stack: string): Promise<void> {
  await rest.call('DELETE', stack);
  expect(await untilSettled(rest, stack, 20_000)).toMatchObject({ stack_status: 'DELETE_COMPLETE' });
}
/** Accounts and projects of guests. */
async function guests(): Promise<readonly string[]> {
  const admin = await login(server.ready.identity as string, miniCloudUser(dataDir, 'admin'));
  const named = async (kind: string) => {
    const { body } = await admin.call<Record<string, { name: string; domain_id: string }[]>>('GET', `${server.ready.identity}/${kind}`);
    return (body[kind] ?? [])
      .filter(({ domain_id, name }) => domain_id !== 'default' && name !== 'heat_domain_admin')
      .map(({ name }) => name);
  };
  return [...(await named('users')), ...(await named('projects'))];
}

test('conditions wait for their own handles; each signal ends the wait of its own', async () => {
  const stack = await create(
    {
      one: handleOf('HEAT_SIGNAL'),
      two: handleOf('HEAT_SIGNAL'),
      first: conditionOf('one'),
      second: conditionOf('two', { count: 2 }),
      after: { type: 'OS::Heat::Value', properties: { value: { get_attr: ['first', 'data'] } } },
    },
    { first: attribute('first', 'data'), second: attribute('second', 'data'), after: attribute('after', 'value') },
  );
  await until(stack, 'first', 'CREATE_IN_PROGRESS');
  await until(stack, 'second', 'CREATE_IN_PROGRESS');
  expect(await signal(stack, 'one', { id: 'x', data: { port: 80 }, reason: 'up' })).toEqual({ status: 200, body: null });
  await until(stack, 'first', 'CREATE_COMPLETE');
  expect(await stateOf(stack, 'second')).toBe('CREATE_IN_PROGRESS');
  await signal(stack, 'two');
  await signal(stack, 'two', { id: '1', data: 'again' });
  expect(await stateOf(stack, 'second')).toBe('CREATE_IN_PROGRESS');
  await signal(stack, 'two', { data: 'é' });
  expect(await untilSettled(rest, stack, 15_000)).toMatchObject({ stack_status: 'CREATE_COMPLETE' });
  expect(await outputsOf(stack)).toEqual({
    first: '{"x": {"port": 80}}',
    second: '{"1": "again", "2": "\\u00e9"}',
    after: '{"x": {"port": 80}}',
  });
  const { body } = await rest.call('GET', `${stack}/resources/two/metadata`);
  expect(body).toEqual({
    metadata: {
      '1': { status: 'SUCCESS', reason: 'Signal 2 received', data: 'again' },
      '2': { status: 'SUCCESS', reason: 'Signal 2 received', data: 'é' },
    },
  });
  const events = await rest.call<{ events: { resource_status: string; resource_status_reason: string }[] }>(
    'GET',
    `${stack}/resources/one/events`,
  );
  expect(events.body.events).toContainEqual(
    expect.objectContaining({ resource_status: 'SIGNAL_COMPLETE', resource_status_reason: 'Signal: status:SUCCESS reason:up' }),
  );
  await remove(stack);
  expect(await guests()).toEqual([]);
});

test('a signal of failure fails the condition with its reasons; a late one is too late', async () => {
  const stack = await create({ h: handleOf('CFN_SIGNAL'), c: conditionOf('h', { count: 3 }) });
  await until(stack, 'c', 'CREATE_IN_PROGRESS');
  await signal(stack, 'h', { id: 'a' });
  await signal(stack, 'h', { id: 'b', status: 'FAILURE', reason: 'no disk' });
  const settled = await untilSettled(rest, stack, 15_000);
  expect(settled.stack_status).toBe('CREATE_FAILED');
  expect(settled.stack_status_reason).toContain('WaitConditionFailure: resources.c: no disk');
  await remove(stack);
});

test('who is not told enough gives up, and says what came', async () => {
  const stack = await create({ h: handleOf('CFN_SIGNAL'), c: conditionOf('h', { count: 2, timeout: 2 }) });
  await until(stack, 'c', 'CREATE_IN_PROGRESS');
  await signal(stack, 'h', { reason: 'half' });
  const settled = await untilSettled(rest, stack, 15_000);
  expect(settled.stack_status_reason).toContain('WaitConditionTimeout: resources.c: 1 of 2 received - half');
});

test('what cannot be taken is refused, and changes nothing', async () => {
  const stack = await create({ h: handleOf('CFN_SIGNAL'), v: { type: 'OS::Heat::Value', properties: { value: 1 } } });
  await untilSettled(rest, stack, 15_000);
  const eventsBefore = (await rest.call<{ events: unknown[] }>('GET', `${stack}/events`)).body.events.length;
  expect(await signal(stack, 'h', { status: 'WELL' })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringMatching(/^Metadata format invalid/) } },
  });
  expect(await signal(stack, 'h', { colour: 'red' })).toMatchObject({ status: 400, body: { error: { type: 'ValueError' } } });
  expect(await signal(stack, 'v', {})).toMatchObject({
    status: 400,
    body: { error: { type: 'ResourceActionNotSupported', message: 'signal is not supported for resource.' } },
  });
  expect(await signal(stack, 'nobody')).toMatchObject({ status: 404, body: { error: { type: 'ResourceNotFound' } } });
  await rest.call('POST', `${stack}/actions`, { suspend: null });
  await untilSettled(rest, stack, 15_000);
  expect(await signal(stack, 'h')).toMatchObject({
    status: 400,
    body: { error: { message: 'Signal resource during SUSPEND is not supported.' } },
  });
  expect((await rest.call('GET', `${stack}/resources/h/metadata`)).body).toEqual({ metadata: {} });
  const told = (await rest.call<{ events: { resource_status: string }[] }>('GET', `${stack}/events`)).body.events;
  expect(told.filter(({ resource_status }) => resource_status.startsWith('SIGNAL'))).toEqual([]);
  expect(eventsBefore).toBeGreaterThan(0);
});

test('the command in an attribute signals with a token that is good for nothing else', async () => {
  const stack = await create({ h: handleOf('TOKEN_SIGNAL'), other: handleOf('TOKEN_SIGNAL'), c: conditionOf('h') });
  await until(stack, 'c', 'CREATE_IN_PROGRESS');
  const { token, endpoint, curl_cli: command } = await attributesOf(stack, 'h');
  expect(command).toBe(
    `curl -i -X POST -H 'X-Auth-Token: ${token}' -H 'Content-Type: application/json' -H 'Accept: application/json' ${endpoint}`,
  );
  const as = (method: string, url: string, body?: unknown) => rest.call<Fault>(method, url, body, { 'x-auth-token': token as string });
  const own = (endpoint as string).replace(/\/resources\/.*$/, '');
  expect((await as('GET', `${own}/resources/h`)).status).toBe(200);
  expect((await as('GET', `${own}/resources/h/metadata`)).status).toBe(200);
  expect((await as('POST', `${own}/resources/other/signal`, {})).status).toBe(404);
  expect((await as('GET', `${own}/resources/c/metadata`)).status).toBe(404);
  expect((await as('POST', endpoint as string, { unset_hook: 'pre-create' })).status).toBe(403);
  for (const [method, path, body] of [
    ['GET', own, undefined],
    ['DELETE', own, undefined],
    ['GET', `${own}/resources`, undefined],
    ['GET', `${own}/events`, undefined],
    ['POST', `${own}/actions`, { suspend: null }],
    ['GET', `${own.replace(/\/stacks\/.*/, '')}/stacks`, undefined],
    ['GET', `${own.replace(/\/stacks\/.*/, '')}/resource_types`, undefined],
  ] as const)
    expect((await as(method, path, body)).status, `${method} ${path}`).toBe(403);
  const said = spawnSync('sh', ['-c', `${command} --data-binary '{"status": "SUCCESS"}'`], { encoding: 'utf8' });
  expect(said.stdout).toContain('200 OK');
  expect(await untilSettled(rest, stack, 15_000)).toMatchObject({ stack_status: 'CREATE_COMPLETE' });
  expect(await guests()).toHaveLength(3);
  await remove(stack);
  expect(await guests()).toEqual([]);
  // Until the cloud is asked about the token anew, it leads nowhere; then it is none.
  expect([401, 404]).toContain((await as('GET', `${own}/resources/h/metadata`)).status);
});

test('signed URLs need no token, and no other signature will do', async () => {
  const cfn = (type: string, properties: object = {}) => ({ type: `AWS::CloudFormation::${type}`, properties });
  const stack = await create(
    { h: cfn('WaitConditionHandle'), c: cfn('WaitCondition', { Handle: { get_resource: 'h' }, Timeout: 600, Count: 2 }) },
    { url: { value: { get_resource: 'h' } }, data: attribute('c', 'Data') },
  );
  await until(stack, 'c', 'CREATE_IN_PROGRESS');
  const url = (await outputsOf(stack))['url'] as string;
  expect(url).toMatch(
    /\/cfn\/v1\/waitcondition\/arn%3Aopenstack%3Aheat%3A%3A.*\?SignatureMethod=HmacSHA256&SignatureVersion=2&AWSAccessKeyId=.*&Signature=/,
  );
  const send = async (to: string, body: unknown, method = 'PUT') => {
    const answer = await fetch(to, { method, body: typeof body === 'string' ? body : JSON.stringify(body) });
    return { status: answer.status, text: await answer.text() };
  };
  const well = { Status: 'SUCCESS', UniqueId: 'a', Data: 'x<y', Reason: 'done' };
  expect(await send(url, well)).toEqual({ status: 200, text: '<resource>h</resource>' });
  expect(await send(`${url}&More=1`, well)).toMatchObject({ status: 403 });
  expect(await send(url.replace(/Signature=[^&]*$/, 'Signature=AAAA'), well)).toMatchObject({
    status: 403,
    text: expect.stringContaining('SignatureDoesNotMatch'),
  });
  expect(await send(url.replace('/cfn/v1/waitcondition/', '/cfn/v1/signal/'), well)).toMatchObject({ status: 404 });
  expect(await send(url.replace(/resources%2Fh/, 'resources%2Fc'), well)).toMatchObject({ status: 404 });
  expect(await send(url.split('?')[0] as string, well)).toMatchObject({
    status: 400,
    text: expect.stringContaining('IncompleteSignature'),
  });
  expect(await send(url, { ...well, Extra: 1 })).toMatchObject({ status: 400, text: expect.stringContaining('Metadata format invalid') });
  expect(await send(url, { Status: 'SUCCESS' })).toMatchObject({ status: 400 });
  expect(await send(url, 'no json')).toMatchObject({ status: 400 });
  expect(await send(url, 'x'.repeat(2_000_000))).toMatchObject({ status: 400 });
  expect(await send(url, '')).toMatchObject({ status: 200 });
  expect(await stateOf(stack, 'c')).toBe('CREATE_IN_PROGRESS');
  expect(await send(url, { ...well, UniqueId: 'b' }, 'POST')).toMatchObject({ status: 200 });
  expect(await untilSettled(rest, stack, 15_000)).toMatchObject({ stack_status: 'CREATE_COMPLETE' });
  expect(await outputsOf(stack)).toMatchObject({ data: '{"a": "x<y", "b": "x<y"}' });
  expect(await guests()).toEqual([]);
});

test('a hundred signals at once are a hundred', async () => {
  const stack = await create({ h: handleOf('CFN_SIGNAL'), c: conditionOf('h', { count: 100 }) }, { data: attribute('c', 'data') });
  await until(stack, 'c', 'CREATE_IN_PROGRESS');
  const answers = await Promise.all(Array.from({ length: 100 }, () => signal(stack, 'h')));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(await untilSettled(rest, stack, 20_000)).toMatchObject({ stack_status: 'CREATE_COMPLETE' });
  const data = JSON.parse((await outputsOf(stack))['data'] as string) as object;
  expect(Object.keys(data).sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 100 }, (_, i) => String(i + 1)));
});

test('more is waited for when an update wants more; the other handle waits anew with every update', async () => {
  const resources = (wanted: number) => ({ h: handleOf('CFN_SIGNAL'), c: conditionOf('h', { count: wanted }) });
  const stack = await create(resources(1));
  await signal(stack, 'h').then(async (first) => {
    // It may not be there yet.
    if (first.status === 404) await until(stack, 'c', 'CREATE_IN_PROGRESS').then(() => signal(stack, 'h'));
  });
  await untilSettled(rest, stack, 15_000);
  await rest.call('PUT', stack, { template: templateOf(resources(2)) });
  await until(stack, 'c', 'UPDATE_IN_PROGRESS');
  await signal(stack, 'h');
  expect(await untilSettled(rest, stack, 15_000)).toMatchObject({ stack_status: 'UPDATE_COMPLETE' });

  const renewed = {
    h: { type: 'OS::Heat::UpdateWaitConditionHandle' },
    c: { type: 'AWS::CloudFormation::WaitCondition', properties: { Handle: { get_resource: 'h' }, Timeout: 600 } },
  };
  const outputs = { url: { value: { get_resource: 'h' } } };
  const other = await create(renewed, outputs);
  const tell = async () => {
    const url = (await outputsOf(other))['url'] as string;
    const body = JSON.stringify({ Status: 'SUCCESS', UniqueId: 'a', Data: '', Reason: '' });
    return { url, status: (await fetch(url, { method: 'PUT', body })).status };
  };
  await until(other, 'c', 'CREATE_IN_PROGRESS');
  const first = await tell();
  await untilSettled(rest, other, 15_000);
  await rest.call('PUT', other, { template: templateOf(renewed, outputs) });
  await until(other, 'c', 'CREATE_IN_PROGRESS');
  const second = await tell();
  expect(await untilSettled(rest, other, 15_000)).toMatchObject({ stack_status: 'UPDATE_COMPLETE' });
  expect([first.status, second.status, first.url === second.url]).toEqual([200, 200, false]);
});

test('nobody is waited for without a way to signal; a written object is a signal; without queues they are refused', async () => {
  const stack = await create(
    { n: handleOf('NO_SIGNAL'), cn: conditionOf('n', { count: 2 }), o: handleOf('TEMP_URL_SIGNAL'), co: conditionOf('o') },
    { none: attribute('cn', 'data'), signal: attribute('o', 'signal'), written: attribute('co', 'data') },
  );
  await until(stack, 'co', 'CREATE_IN_PROGRESS');
  const { alarm_url: url } = JSON.parse((await outputsOf(stack))['signal'] as string) as { alarm_url: string };
  expect((await fetch(url, { method: 'PUT', body: '{"data": "by object"}' })).status).toBe(201);
  expect(await untilSettled(rest, stack, 20_000)).toMatchObject({ stack_status: 'CREATE_COMPLETE' });
  expect(await outputsOf(stack)).toMatchObject({ none: '{"1": null, "2": null}', written: '{"1": "by object"}' });
  await remove(stack);
  const refused = await create({ z: handleOf('ZAQAR_SIGNAL') });
  expect((await untilSettled(rest, refused, 15_000)).stack_status_reason).toContain(
    'ZAQAR_SIGNAL cannot be had: the cloud has no message service',
  );
});

test('what was taken is not lost when the program is killed', async () => {
  const stack = await create({ h: handleOf('CFN_SIGNAL'), c: conditionOf('h', { count: 20 }) });
  const path = new URL(stack).pathname;
  await until(stack, 'c', 'CREATE_IN_PROGRESS');
  let taken = 0;
  const sending = Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const answer = await signal(stack, 'h', { id: `s${i}` }).catch(() => null);
      if (answer?.status === 200) taken++;
      if (taken === 5) await server.kill();
    }),
  );
  await sending;
  await start();
  const again = `${new URL(heat).origin}${path}`;
  const { body } = await rest.call<{ metadata: object }>('GET', `${again}/resources/h/metadata`);
  expect(Object.keys(body.metadata).length).toBeGreaterThanOrEqual(taken);
  for (let i = 0; i < 20; i++) expect((await signal(again, 'h', { id: `s${i}` })).status).toBe(200);
  expect(await untilSettled(rest, again, 20_000)).toMatchObject({ stack_status: 'CREATE_COMPLETE' });
}, 60_000);
