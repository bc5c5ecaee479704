/**
 * The yardsticks, frozen: what the same work costs when nothing but the unavoidable is done. Ratios to these are comparable between
 * machines and over time; change a floor only with a decision record.
 */
import { Client } from 'pg';

/** Resources written in one transaction by `sqlFloor`. */
const RESOURCES_PER_TRANSACTION = 50;
const SQL_RUNS = 5;

/**
 * `sql-floor`: per resource one intent, one result and two events, in transactions of 50 resources, one statement a row, over one connection with
 * fsync on. Seconds, median of 5 runs.
 */
export async function sqlFloor(connection: object, resources: number): Promise<number> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query('drop schema if exists floor cascade; create schema floor');
    await client.query(`create table floor.resource (id uuid primary key, stack_id uuid not null, name text not null, type text not null,
      action text not null, status text not null, physical_id text, properties bytea not null, at timestamptz not null)`);
    await client.query('create index on floor.resource (stack_id, name)');
    await client.query(`create table floor.event (sequence bigint generated always as identity primary key, stack_id uuid not null,
      name text not null, status text not null, reason text not null, at timestamptz not null)`);
    await client.query('create index on floor.event (stack_id, sequence)');
    const seconds: number[] = [];
    for (let run = 0; run < SQL_RUNS; run++) seconds.push(await writeOnce(client, resources));
    return median(seconds);
  } finally {
    await client.query('drop schema if exists floor cascade').catch(() => {});
    await client.end();
  }
}

async function writeOnce(client: Client, resources: number): Promise<number> {
  const stackId = crypto.randomUUID();
  const properties = Buffer.alloc(200, 7);
  const ids = Array.from({ length: resources }, () => crypto.randomUUID());
  const intent = 'insert into floor.resource values ($1, $2, $3, $4, $5, $6, null, $7, now())';
  const result = "update floor.resource set status = 'COMPLETE', physical_id = $2 where id = $1";
  const event = 'insert into floor.event (stack_id, name, status, reason, at) values ($1, $2, $3, $4, now())';
  const begun = performance.now();
  for (let at = 0; at < resources; at += RESOURCES_PER_TRANSACTION) {
    await client.query('begin');
    for (const [i, id] of ids.slice(at, at + RESOURCES_PER_TRANSACTION).entries()) {
      const name = `resource_${at + i}`;
      await client.query({
        name: 'intent',
        text: intent,
        values: [id, stackId, name, 'OS::Heat::RandomString', 'CREATE', 'IN_PROGRESS', properties],
      });
      await client.query({ name: 'event', text: event, values: [stackId, name, 'IN_PROGRESS', 'state changed'] });
      await client.query({ name: 'result', text: result, values: [id, name] });
      await client.query({ name: 'event', text: event, values: [stackId, name, 'COMPLETE', 'state changed'] });
    }
    await client.query('commit');
  }
  return (performance.now() - begun) / 1_000;
}

/** One server of the `http-floor`: make it, then look once a second until it is active. */
export interface FloorCalls {
  create(index: number): Promise<string>;
  status(id: string): Promise<string>;
}

const POLL_MS = 1_000;

/** `http-floor`: the same cloud calls at the same concurrency, one status poll a second, nothing else. Seconds. */
export async function httpFloor(calls: FloorCalls, servers: number): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: servers }, async (_, index) => {
      const id = await calls.create(index);
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        const status = await calls.status(id);
        if (status === 'ACTIVE') return;
        if (status !== 'BUILD') throw new Error(`server ${id} is ${status}`);
      }
    }),
  );
  return (performance.now() - begun) / 1_000;
}

/** `row-floor`: reading and parsing the stored bodies of one collection of the mini-cloud over one connection. Seconds, median of 5 runs. */
export async function rowFloor(connection: object, collection: string): Promise<number> {
  const client = new Client(connection);
  await client.connect();
  try {
    const seconds: number[] = [];
    for (let run = 0; run < SQL_RUNS; run++) {
      const begun = performance.now();
      await client.query('select id, name, body from minicloud.object where collection = $1 order by seq', [collection]);
      seconds.push((performance.now() - begun) / 1_000);
    }
    return median(seconds);
  } finally {
    await client.end();
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
