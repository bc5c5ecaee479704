/**
 * Several engines on one database, with exact control: one that is stopped in mid-call and continued after its lease, one that is drained, what another
 * process takes down for it, and how they are listed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '@hearth/kernel';
import { type Database, openDatabase } from '@hearth/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, type Member, startCluster } from '../tools/chaos/cluster.ts';
import { type CloudControl, cloudControl } from '../tools/server/control.ts';
import { type Rest, untilSettled } from '../tools/server/rest.ts';

let cluster: Cluster;
let database: Database;
let control: CloudControl;
let demo: Rest;

beforeAll(async () => {
  cluster = await startCluster({ engines: 3, buildDelayMs: 3_000 });
  database = await openDatabase({ connection: cluster.postgres.connection, log: silentLog, poolSize: 2 });
  await noteOwners();
  control = await cloudControl(cluster.cloud.process);
  demo = await cluster.user('demo');
  // Five programs and a database start, on a machine that may be busy.
}, 300_000);
afterAll(async () => {
  await database?.close();
  await cluster?.end();
}, 120_000);

async function create(name: string, resources: object): Promise<{ readonly id: string; readonly url: string }> {
  const template = { heat_template_version: '2018-08-31', resources };
  const made = await demo.call<{ stack: { id: string } }>('POST', cluster.stacks(demo), { stack_name: name, template, timeout_mins: 5 });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return { id: made.body.stack.id, url: `${cluster.stacks(demo)}/${name}/${made.body.stack.id}` };
}

/** Who owns the stack; null: nobody. */
async function ownerOf(stackId: string): Promise<Member | null> {
  const rows = await database.query<{ name: string }>({
    text: 'select l.name from stack s join lease_holder l on l.id = s.holder_id where s.id = $1',
    values: [stackId],
  });
  const pid = Number(rows[0]?.name.split(':').at(-1));
  return cluster.engines.find((engine) => engine.process.pid === pid) ?? null;
}
async function owner(stackId: string): Promise<Member> {
  await expect.poll(() => ownerOf(stackId), { interval: 10 }).not.toBeNull();
  return (await ownerOf(stackId)) as Member;
}

/** From now on the database itself notes whose a stack was and whose it became, and whether the lease of the former had passed. */
async function noteOwners(): Promise<void> {
  for (const text of [
    'create table owner_change (number bigserial, stack_id uuid, former uuid, next uuid, had_passed boolean)',
    `create function note_owner() returns trigger language plpgsql as $$ begin
      insert into owner_change (stack_id, former, next, had_passed) values (new.id, old.holder_id, new.holder_id,
        not exists (select from lease_holder l where l.id = old.holder_id and l.expires_at > statement_timestamp()));
      return null; end $$`,
    `create trigger note_owner after update of holder_id on stack for each row
      when (old.holder_id is distinct from new.holder_id) execute function note_owner()`,
  ])
    await database.query({ text, values: [] });
}
/** How the stack passed from its first owner to its second. */
async function handedOver(stackId: string): Promise<readonly string[]> {
  const changes = await database.query<{ former: string | null; next: string | null; had_passed: boolean }>({
    text: 'select former, next, had_passed from owner_change where stack_id = $1 order by number',
    values: [stackId],
  });
  const first = changes.findIndex(({ former }) => former !== null);
  const second = changes.findIndex(({ next }, i) => i >= first && next !== null);
  return changes
    .slice(first, second + 1)
    .map(({ former, next, had_passed: hadPassed }) =>
      former === null ? 'claimed' : `${next === null ? 'given back' : 'taken over'}, lease ${hadPassed ? 'over' : 'alive'}`,
    );
}

/** Every version of every row that says something of the stack: a write changes one. */
const versions = (stackId: string) =>
  database.query({
    text: `select 'stack' as what, id::text, xmin::text from stack where id = $1
      union all select 'resource', id::text, xmin::text from resource where stack_id = $1
      union all select 'event', id::text, xmin::text from event where stack_id = $1 order by 1, 2`,
    values: [stackId],
  });

/** Calls that the process has made to the network service and that change something. */
async function changingCalls({ process }: Member): Promise<number> {
  const text = await (await fetch(`${new URL(process.ready.orchestration as string).origin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^hearth_cloud_calls_total\{.*service="network"/.test(line) && !line.includes('GET'));
  expect(text).toContain('hearth_cloud_calls_total{');
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
const networks = async (): Promise<readonly { readonly id: string; readonly tags: readonly string[] }[]> => {
  const { body } = await demo.call<{ networks: readonly { id: string; tags: readonly string[]; name: string }[] }>(
    'GET',
    `${demo.endpoint('network')}/v2.0/networks`,
  );
  return body.networks.filter(({ name }) => name.startsWith('late-'));
};

it('lists the engines that live', async () => {
  const admin = await cluster.user('admin');
  const listed = await admin.call<{ services: readonly { hostname: string; status: string }[] }>(
    'GET',
    `${cluster.stacks(admin).replace(/stacks$/, 'services')}`,
  );
  expect(listed.body.services.map(({ status }) => status)).toEqual(['up', 'up', 'up']);
});

it('a drained engine gives its stacks back at once; the next owner does not wait for the lease', async () => {
  const server = { type: 'OS::Nova::Server', properties: { image: 'testimage', flavor: 'm1.tiny', networks: [{ network: 'private' }] } };
  const { id, url } = await create('drained', { server });
  const first = await owner(id);
  // Now it waits for the server.
  await expect
    .poll(() => database.query({ text: "select 1 from resource where stack_id = $1 and phase = 'waiting'", values: [id] }))
    .toHaveLength(1);
  const stopped = first.process.stop();
  await expect
    .poll(
      async () => {
        const next = await ownerOf(id);
        return next !== null && next !== first;
      },
      { interval: 10, timeout: 60_000 },
    )
    .toBe(true);
  expect(await handedOver(id)).toEqual(['given back, lease alive', 'claimed']);
  expect(await stopped).toBe(0);
  expect((await untilSettled(demo, url, 60_000)).stack_status).toBe('CREATE_COMPLETE');
  const held = await demo.call<{ servers: readonly unknown[] }>('GET', `${demo.endpoint('compute')}/servers`);
  expect(held.body.servers).toHaveLength(1);
  await first.start();
});

it('a signal that the API takes ends the wait in the engine before its next look', async () => {
  const { id, url } = await create('told', {
    handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'CFN_SIGNAL' } },
    wait: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'handle' }, timeout: 280 } },
  });
  const nextLook = async (): Promise<string | undefined> => {
    const text = "select wake_at::text as at from resource where stack_id = $1 and name = 'wait' and phase = 'waiting'";
    return (await database.query<{ at: string }>({ text, values: [id] }))[0]?.at;
  };
  await expect.poll(nextLook).toBeDefined();
  const lookAt = await nextLook();
  expect((await demo.call('POST', `${url}/resources/handle/signal`, {})).status).toBe(200);
  expect((await untilSettled(demo, url, 60_000)).stack_status).toBe('CREATE_COMPLETE');
  const ended = "select updated_at < $2::timestamptz as before from resource where stack_id = $1 and name = 'wait'";
  expect(await database.query({ text: ended, values: [id, lookAt] })).toEqual([{ before: true }]);
});

it('a process that wakes up after its lease writes nothing and begins no call; what its late call made goes', {
  timeout: 120_000,
}, async () => {
  // The call that is under way when it is stopped lands long after others have taken over; its handler has a second call to make.
  const { status } = await control.call('POST', '/behaviours', {
    service: 'network',
    method: 'POST',
    path: '*/networks',
    delaySeconds: 9,
    times: 1,
  });
  expect(status).toBe(201);
  const { id, url } = await create('late', { network: { type: 'OS::Neutron::Net', properties: { tags: ['whole'] } } });
  const first = await owner(id);
  await expect.poll(() => changingCalls(first)).toBe(1);
  first.process.pause();
  await expect.poll(async () => (await ownerOf(id)) !== first, { interval: 20, timeout: 60_000 }).toBe(true);
  expect(await handedOver(id)).toEqual(['taken over, lease over']);
  expect((await untilSettled(demo, url, 30_000)).stack_status).toBe('CREATE_COMPLETE');
  // The late call has landed: there are two.
  await expect.poll(async () => (await networks()).length, { timeout: 20_000 }).toBe(2);
  // Nobody else has anything to do until the second look.
  const before = await versions(id);
  first.process.go();
  await sleep(2_500);
  expect(await versions(id)).toEqual(before);
  expect(await changingCalls(first)).toBe(1);
  expect((await networks()).map(({ tags }) => tags.length).sort()).toEqual([0, 1]);
  // The second look of the new owner finds it.
  await expect.poll(async () => (await networks()).map(({ tags }) => tags), { timeout: 60_000, interval: 500 }).toEqual([['whole']]);
  expect((await untilSettled(demo, url, 30_000)).stack_status).toBe('CREATE_COMPLETE');
  const admin = await cluster.user('admin');
  const listed = await admin.call<{ services: readonly { status: string }[] }>(
    'GET',
    `${cluster.stacks(admin).replace(/stacks$/, 'services')}`,
  );
  expect(listed.body.services.filter((one) => one.status === 'up')).toHaveLength(3);
});
