/** The event stream over HTTP, with a real listener, database and engine: resume, ends, limits, and who may see what. */
import type { Json } from '@hearth/kernel';
import { sampleCreate, testCaller, type TestStacks } from '@hearth/stacks/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { OTHER_PROJECT, PROJECT, testApi, type TestApi } from './testing/test-api.ts';

let api: TestApi;
let world: TestStacks;
let base: string;
const open: AbortController[] = [];

beforeAll(async () => {
  api = await testApi({ streamsPerProcess: 4, streamsPerProject: 3 });
  ({ world, base } = api);
});
afterEach(async () => {
  for (const abort of open.splice(0)) abort.abort();
  // The server sees the readers go.
  await sleep(50);
});
afterAll(() => api.close());

const caller = testCaller(PROJECT);
const TEMPLATE = { heat_template_version: '2018-08-31', resources: { v: { type: 'Test::Thing', properties: { size: 1 } } } };
let stacks = 0;
async function newStack(template: Json = TEMPLATE): Promise<{ id: string; name: string }> {
  const name = `web-${++stacks}`;
  const { id } = await world.stacks.createStack(caller, sampleCreate({ name, template: template as never }));
  return { id, name };
}
async function remove(id: string): Promise<void> {
  await world.stacks.deleteStack(caller, { id, name: null });
  await world.settle();
}

const ask = (path: string, headers: Readonly<Record<string, string>> = {}, token = 'demo', signal?: AbortSignal): Promise<Response> =>
  fetch(`${base}/${path}`, { headers: { 'X-Auth-Token': token, ...headers }, ...(signal === undefined ? {} : { signal }) });
const page = async (path: string): Promise<{ events: Record<string, unknown>[]; after: string; more: boolean }> =>
  (await (await ask(path)).json()) as never;

interface Message {
  readonly id: string;
  readonly event: string | null;
  readonly data: Record<string, unknown> | null;
}
interface Stream {
  readonly response: Response;
  /** The next message; an `alive` has neither event nor data. Null: the server has ended it. */
  next(): Promise<Message | null>;
  /** Messages with data up to one that fits. */
  until(fits: (message: Message) => boolean): Promise<Message[]>;
  abort(): void;
}
async function stream(path: string, headers: Readonly<Record<string, string>> = {}, token = 'demo'): Promise<Stream> {
  const abort = new AbortController();
  open.push(abort);
  const response = await ask(path, { Accept: 'text/event-stream', ...headers }, token, abort.signal);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<Message | null> => {
    for (let end = text.indexOf('\n\n'); ; end = text.indexOf('\n\n')) {
      if (end >= 0) {
        const field = (name: string): string | null => new RegExp(`^${name}: (.*)$`, 'm').exec(text.slice(0, end))?.[1] ?? null;
        const data = field('data');
        const message = {
          id: field('id') ?? '',
          event: field('event'),
          data: data === null ? null : (JSON.parse(data) as Record<string, unknown>),
        };
        text = text.slice(end + 2);
        return message;
      }
      const chunk = await reader?.read();
      if (chunk === undefined || chunk.done) return null;
      text += chunk.value;
    }
  };
  return {
    response,
    next,
    async until(fits) {
      const told: Message[] = [];
      for (let message = await next(); message !== null; message = await next()) {
        if (message.data !== null) told.push(message);
        if (fits(message)) return told;
      }
      throw new Error(`the stream ended after ${JSON.stringify(told)}`);
    },
    abort: () => abort.abort(),
  };
}
const isStack = (status: string) => (message: Message) =>
  message.event === 'stack' && `${message.data?.['action']}_${message.data?.['status']}` === status;

test('a stack is told from its beginning to its end, and then the stream ends', async () => {
  const { id, name } = await newStack();
  const live = await stream(`${PROJECT}/stacks/${id}/events`);
  expect(live.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  await world.settle();
  const told = await live.until(isStack('CREATE_COMPLETE'));
  expect(told.map(({ event, data }) => [event, data?.['resource_name'], data?.['status']])).toEqual([
    ['stack', name, 'IN_PROGRESS'],
    ['resource', 'v', 'IN_PROGRESS'],
    ['resource', 'v', 'COMPLETE'],
    ['stack', name, 'COMPLETE'],
  ]);
  expect(told[1]?.data).toMatchObject({ stack_id: id, stack_name: name, stack_path: name, resource_type: 'Test::Thing', action: 'CREATE' });
  expect(told[1]?.data?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(told.map(({ data }) => data?.['id'])).toEqual(told.map((message) => message.id));
  await remove(id);
  await live.until(isStack('DELETE_COMPLETE'));
  expect(await live.next()).toMatchObject({ event: 'end' });
  expect(await live.next()).toBeNull();
  const late = await stream(`${PROJECT}/stacks/${id}/events`);
  expect((await late.until((message) => message.event === 'end')).slice(0, 4).map((message) => message.id)).toEqual(
    told.map((message) => message.id),
  );
});

test('a reader that comes back goes on behind the last id, wherever it was', async () => {
  const { id } = await newStack();
  await world.settle();
  const path = `${PROJECT}/stacks/${id}/events`;
  const all = (await (await stream(path)).until(isStack('CREATE_COMPLETE'))).map((message) => message.id);
  for (const [i, last] of all.slice(0, -1).entries()) {
    const resumed = await stream(path, { 'Last-Event-ID': last });
    expect((await resumed.until(isStack('CREATE_COMPLETE'))).map((message) => message.id)).toEqual(all.slice(i + 1));
    resumed.abort();
    const asked = await page(`${path}?after=${last}`);
    expect(asked.events.map((event) => event['id'])).toEqual(all.slice(i + 1));
    await sleep(20);
  }
  const first = await page(`${path}?limit=3`);
  expect(first).toMatchObject({ more: true, after: all[2] });
  const rest = await page(`${path}?limit=3&after=${first.after}`);
  expect({ ids: rest.events.map((event) => event['id']), more: rest.more }).toEqual({ ids: all.slice(3), more: false });
  expect((await page(`${path}?after=${rest.after}`)).events).toEqual([]);
});

test('a project is told from now on unless it is asked for from the start', async () => {
  const before = await newStack();
  const live = await stream(`${PROJECT}/events`);
  const begun = (await live.next())?.id as string;
  const after = await newStack();
  await world.settle();
  const told = await live.until((message) => isStack('CREATE_COMPLETE')(message) && message.data?.['stack_id'] === after.id);
  expect(
    told.some(({ data }) => data?.['stack_id'] === before.id && data['status'] === 'IN_PROGRESS' && data['resource_name'] === before.name),
  ).toBe(false);
  const again = await stream(`${PROJECT}/events`, { 'Last-Event-ID': begun });
  const same = await again.until((message) => isStack('CREATE_COMPLETE')(message) && message.data?.['stack_id'] === after.id);
  expect(same.map((message) => message.id)).toEqual(told.map((message) => message.id));
  const { events } = await page(`${PROJECT}/events?limit=1000`);
  expect(events.some((event) => event['stack_id'] === before.id)).toBe(true);
});

test('ends with the token, and goes on with a new one', async () => {
  const { id } = await newStack();
  await world.settle();
  const live = await stream(`${PROJECT}/stacks/${id}/events`, {}, 'brief');
  const told = await live.until((message) => message.event === 'expired');
  expect(await live.next()).toBeNull();
  const resumed = await stream(`${PROJECT}/stacks/${id}/events`, { 'Last-Event-ID': told.at(-1)?.id as string });
  await remove(id);
  const rest = await resumed.until((message) => message.event === 'end');
  const ids = [...told.slice(0, -1), ...rest.slice(0, -1)].map((message) => message.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(rest[0]?.data).toMatchObject({ action: 'DELETE', status: 'IN_PROGRESS' });
});

test('too many readers: the project hears 429, the rest 503, and a place is free again once a reader has gone', async () => {
  const { id } = await newStack();
  const path = `${PROJECT}/stacks/${id}/events`;
  const streams = [await stream(path), await stream(path), await stream(path)];
  for (const one of streams) expect((await one.next())?.id).toBe('0-0');
  const refused = await stream(path);
  expect(refused.response.status).toBe(429);
  expect(refused.response.headers.get('retry-after')).toBe('5');
  const others = await stream(`${OTHER_PROJECT}/events`, {}, 'other');
  expect(others.response.status).toBe(200);
  expect((await stream(`${OTHER_PROJECT}/events`, {}, 'other')).response.status).toBe(503);
  streams[0]?.abort();
  await expect.poll(async () => (await stream(path)).response.status, { timeout: 5_000 }).toBe(200);
});

const MANY = 12_000;
test('a reader that does not read is not read for, and misses nothing', { timeout: 30_000 }, async () => {
  const { id } = await newStack();
  await world.settle();
  await world.ports.database.query({
    text: `insert into event (id, stack_id, root_id, project_id, resource_name, resource_type, action, status, reason, at)
      select gen_random_uuid(), id, root_id, project_id, 'many' || i, 't', 'CREATE', 'COMPLETE', repeat('x', 2000), now() from stack, generate_series(1, ${MANY}) i where id = $1`,
    values: [id],
  });
  const before = world.ports.database.counters.statements;
  const lazy = await stream(`${PROJECT}/stacks/${id}/events`);
  let asked = 0;
  await expect
    .poll(
      async () => {
        asked = world.ports.database.counters.statements;
        await sleep(250);
        return world.ports.database.counters.statements - asked;
      },
      { timeout: 15_000 },
    )
    .toBe(0);
  // The connection is full, and the rest of the pages stays where it is.
  expect(asked - before).toBeLessThan(MANY / 200);
  const told = await lazy.until((message) => message.data?.['resource_name'] === `many${MANY}`);
  expect(told.filter(({ data }) => String(data?.['resource_name']).startsWith('many'))).toHaveLength(MANY);
});

test.each([
  ['no token', `${PROJECT}/events`, 'nobody', 401],
  ["another project's events", `${PROJECT}/events`, 'other', 404],
  ["another project's stack", 'STACK', 'other', 404],
  ["another project's stack under one's own", `${OTHER_PROJECT}/stacks/ID/events`, 'other', 404],
  ['a stack that is not there', `${PROJECT}/stacks/none/events`, 'demo', 404],
  ["a user of a stack's inside", 'STACK', 'stackuser', 403],
  ['a reader', 'STACK', 'reader', 200],
  ['an administrator, who follows a stack', 'STACK', 'admin', 200],
  ['an administrator, whose lists are of the own project', `${PROJECT}/events`, 'admin', 404],
  ['a place that is none', 'STACK?after=yesterday', 'demo', 400],
  ['a place of another server', 'STACK?after=99999999999999-1', 'demo', 400],
  ['a limit that is none', 'STACK?limit=0', 'demo', 400],
  ['an unknown parameter', 'STACK?since=1', 'demo', 400],
  ['a choice that is none', 'STACK?nested=maybe', 'demo', 400],
  ['an unknown address', `${PROJECT}/nothing`, 'demo', 404],
])('%s: %s as %s is answered with %i', async (_what, path, token, status) => {
  const { id } = await newStack();
  const response = await ask(path.replace('STACK', `${PROJECT}/stacks/${id}/events`).replace('ID', id), {}, token);
  expect(response.status).toBe(status);
  if (status >= 400) expect(((await response.json()) as { error: { code: number } }).error.code).toBe(status);
});

test('HEAD tells the type and opens nothing', async () => {
  const { id } = await newStack();
  const init = { method: 'HEAD', headers: { 'X-Auth-Token': 'demo', Accept: 'text/event-stream' } };
  const response = await fetch(`${base}/${PROJECT}/stacks/${id}/events`, init);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(await response.text()).toBe('');
});
