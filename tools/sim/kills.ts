/**
 * A real server (half of the times its PostgreSQL too) killed with -9 at random moments of creates, updates and deletes. Asks how soon the
 * next owner writes, how late the end comes, and whether anything was leaked or doubled.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@hearth/testkit';
import pg from 'pg';
import { cloudControl, type Leftover, leftoverText } from '../server/control.ts';
import { login, miniCloudUser, type Rest, untilSettled } from '../server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../server/server-process.ts';

export interface KillReport {
  readonly rounds: number;
  readonly kills: number;
  readonly problems: readonly string[];
  /** Slowest seen, ms: from ready again to the new owner's first write. */
  readonly slowestFirstWriteMs: number;
  /** Slowest seen, ms: how much longer than undisturbed, the down time not counted. */
  readonly slowestExtraMs: number;
}

type Action = 'create' | 'update' | 'delete';

const BUILD_DELAY_MS = 1_500;
const FIRST_WRITE_LIMIT_MS = 5_000;
const EXTRA_LIMIT_MS = 10_000;
const SETTLE_TIMEOUT_MS = 120_000;
const VARIABLES = { HEARTH_MINICLOUD_BUILD_DELAY_MS: String(BUILD_DELAY_MS), HEARTH_MINICLOUD_DELETE_DELAY_MS: '300' };

const template = (generation: number) => ({
  heat_template_version: '2018-08-31',
  resources: {
    network: { type: 'OS::Neutron::Net' },
    subnet: { type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'network' }, cidr: '10.66.0.0/24' } },
    port: {
      type: 'OS::Neutron::Port',
      depends_on: 'subnet',
      properties: { network: { get_resource: 'network' }, name: `named-${generation}` },
    },
    secret: { type: 'OS::Heat::RandomString', properties: { length: 10 + (generation % 5) } },
    web: {
      type: 'OS::Nova::Server',
      properties: {
        image: 'testimage',
        flavor: 'm1.tiny',
        networks: [{ port: { get_resource: 'port' } }],
        metadata: { generation: `${generation}` },
      },
    },
    // Stacks below the stack: their owners are killed with it.
    group: {
      type: 'OS::Heat::ResourceGroup',
      depends_on: 'subnet',
      properties: {
        count: 1 + (generation % 3),
        resource_def: {
          type: 'OS::Neutron::Port',
          properties: { network: { get_resource: 'network' }, name: `member-%index%-${generation % 2}` },
        },
      },
    },
    worker: {
      type: 'OS::Nova::Server',
      depends_on: 'subnet',
      // A name of the user's own every other time, which replaces nothing but is found by its mark.
      properties: {
        image: 'testimage',
        flavor: 'm1.tiny',
        networks: [{ network: { get_resource: 'network' } }],
        name: 'worker',
        availability_zone: 'nova',
        key_name: generation % 3 === 2 ? 'testkey' : null,
      },
    },
  },
});

export async function runKills(rounds: number, seed: number, print: (line: string) => void): Promise<KillReport> {
  const life = await ServerLife.begin(seed, print);
  try {
    return await life.run(rounds);
  } finally {
    await life.end();
  }
}

class ServerLife {
  readonly #folder: string;
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #print: (line: string) => void;
  #server: ServerProcess;
  #rest: Rest;
  #generation = 0;
  #stackUrl: string | null = null;
  readonly #problems: string[] = [];
  readonly #undisturbed = new Map<Action, number>();
  #firstWriteMs = 0;
  #extraMs = 0;
  #kills = 0;

  private static async start(folder: string): Promise<ServerProcess> {
    return startServer({ dataDir: folder, variables: VARIABLES });
  }

  static async begin(seed: number, print: (line: string) => void): Promise<ServerLife> {
    const folder = temporaryFolder('kills');
    const server = await ServerLife.start(folder);
    return new ServerLife(folder, seed, print, server, await login(server.ready.identity as string, miniCloudUser(folder)));
  }

  private constructor(folder: string, seed: number, print: (line: string) => void, server: ServerProcess, rest: Rest) {
    this.#folder = folder;
    this.#random = seededRandom(seed);
    this.#print = print;
    this.#server = server;
    this.#rest = rest;
  }

  async end(): Promise<void> {
    await this.#server.stop();
    removeFolder(this.#folder);
  }

  async run(rounds: number): Promise<KillReport> {
    for (const action of ['create', 'update', 'delete'] as const) this.#undisturbed.set(action, await this.#undisturbedMs(action));
    this.#print(`undisturbed: ${[...this.#undisturbed].map(([action, ms]) => `${action} ${ms} ms`).join(', ')}`);
    for (let round = 1; round <= rounds; round++) await this.#round(round);
    await this.#leaveNothing();
    return { rounds, kills: this.#kills, problems: this.#problems, slowestFirstWriteMs: this.#firstWriteMs, slowestExtraMs: this.#extraMs };
  }

  async #undisturbedMs(action: Action): Promise<number> {
    const begun = Date.now();
    await this.#request(action);
    await this.#settled(action);
    return Date.now() - begun;
  }

  async #round(round: number): Promise<void> {
    const action: Action = this.#stackUrl === null ? 'create' : this.#random.next() < 0.5 ? 'update' : 'delete';
    const normalMs = this.#undisturbed.get(action) as number;
    const delayMs = Math.floor(this.#random.next() * normalMs * 1.05);
    const withDatabase = this.#random.next() < 0.5;
    const begun = Date.now();
    await this.#request(action);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, delayMs - (Date.now() - begun))));
    const killedAt = Date.now();
    await this.#kill(withDatabase);
    const readyAt = Date.now();
    const downMs = readyAt - killedAt;
    const firstWriteMs = await this.#firstWrite(readyAt);
    await this.#settled(action);
    const extraMs = Date.now() - begun - downMs - normalMs;
    this.#firstWriteMs = Math.max(this.#firstWriteMs, firstWriteMs);
    this.#extraMs = Math.max(this.#extraMs, extraMs);
    if (firstWriteMs > FIRST_WRITE_LIMIT_MS) this.#problem(round, `the first write came ${firstWriteMs} ms after ready`);
    if (extraMs > EXTRA_LIMIT_MS) this.#problem(round, `${action} took ${extraMs} ms more than undisturbed`);
    await this.#checkObjects(round);
    this.#print(
      `round ${round}: ${action}, killed after ${delayMs} ms${withDatabase ? ' with PostgreSQL' : ''}, down ${downMs} ms, first write ${firstWriteMs} ms, extra ${extraMs} ms`,
    );
  }

  #problem(round: number, text: string): void {
    this.#problems.push(`round ${round}: ${text}`);
    this.#print(`PROBLEM in round ${round}: ${text}`);
  }

  async #kill(withDatabase: boolean): Promise<void> {
    this.#kills++;
    const postmaster = Number(readFileSync(join(this.#folder, 'database/cluster/postmaster.pid'), 'utf8').split('\n')[0]);
    const killed = this.#server.kill();
    if (withDatabase) process.kill(postmaster, 'SIGKILL');
    await killed;
    this.#server = await ServerLife.start(this.#folder);
    this.#rest = await login(this.#server.ready.identity as string, miniCloudUser(this.#folder));
    if (this.#stackUrl !== null) this.#stackUrl = this.#stackUrl.replace(/^.*(?=\/stacks\/)/, this.#base());
  }

  /** How long after `readyAt` every stack that was held by the dead process has a new owner or nothing left to do. */
  async #firstWrite(readyAt: number): Promise<number> {
    const client = new pg.Client({
      host: this.#socketFolder(),
      user: 'hearth',
      database: 'hearth',
      password: readFileSync(join(this.#folder, 'database/password'), 'utf8').trim(),
    });
    await client.connect();
    try {
      for (;;) {
        const { rows } = await client.query(
          `select 1 from hearth.stack s left join hearth.lease_holder h on h.id = s.holder_id
            where (s.holder_id is not null and (h.id is null or h.expires_at < now() or h.started_at < to_timestamp($1))) or (s.holder_id is null and s.due_at <= now())`,
          [readyAt / 1_000 - 30],
        );
        const held = await client.query(
          'select 1 from hearth.stack s join hearth.lease_holder h on h.id = s.holder_id where h.name not like $1',
          [`%:${this.#server.pid}`],
        );
        if (rows.length === 0 && held.rows.length === 0) return Date.now() - readyAt;
        if (Date.now() - readyAt > 30_000) return Date.now() - readyAt;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      await client.end();
    }
  }

  #socketFolder(): string {
    return join(this.#folder, 'database/socket');
  }

  #base(): string {
    return `${(this.#server.ready.orchestration as string).replace(/\/$/, '')}/${this.#rest.projectId}`;
  }

  async #request(action: Action): Promise<void> {
    this.#generation++;
    if (action === 'create') {
      const { status, body } = await this.#rest.call<{ stack: { id: string } }>('POST', `${this.#base()}/stacks`, {
        stack_name: 'kills',
        template: template(this.#generation),
        timeout_mins: 10,
      });
      if (status !== 201) throw new Error(`create answered ${status} ${JSON.stringify(body)}`);
      this.#stackUrl = `${this.#base()}/stacks/kills/${body.stack.id}`;
    } else {
      const sent = action === 'update' ? { template: template(this.#generation), timeout_mins: 10 } : undefined;
      const { status, body } = await this.#rest.call(action === 'update' ? 'PUT' : 'DELETE', this.#stackUrl as string, sent);
      if (status !== 202 && status !== 204) throw new Error(`${action} answered ${status} ${JSON.stringify(body)}`);
    }
  }

  async #settled(action: Action): Promise<void> {
    const stack = await untilSettled(this.#rest, this.#stackUrl as string, SETTLE_TIMEOUT_MS);
    const wanted = `${action.toUpperCase()}_COMPLETE`;
    if (stack.stack_status !== wanted) this.#problems.push(`${action} ended ${stack.stack_status}: ${stack.stack_status_reason}`);
    if (action === 'delete') this.#stackUrl = null;
  }

  /** The cloud has exactly what the stack's resources name: nothing leaked, nothing twice. */
  async #checkObjects(round: number): Promise<void> {
    const seen = await this.#cloudObjects();
    const wanted = new Set<string>();
    if (this.#stackUrl !== null) {
      const { body } = await this.#rest.call<{ resources: { physical_resource_id: string; resource_type: string }[] }>(
        'GET',
        `${this.#stackUrl}/resources?nested_depth=3`,
      );
      for (const one of body.resources) if (!one.resource_type.startsWith('OS::Heat::')) wanted.add(one.physical_resource_id);
    }
    const leaked = [...seen].filter(([id]) => !wanted.has(id));
    const missing = [...wanted].filter((id) => !seen.has(id));
    if (leaked.length > 0) this.#problem(round, `leaked or doubled: ${leaked.map(([, what]) => what).join(', ')}`);
    if (missing.length > 0) this.#problem(round, `missing: ${missing.join(', ')}`);
  }

  /** What the stack's resources stand for: everything of the project but its trust, and the ports that Nova made for a server. */
  async #cloudObjects(): Promise<ReadonlyMap<string, string>> {
    const control = await cloudControl(this.#server);
    const isOurs = ({ service, collection, name }: Leftover) => service !== 'identity' && (collection !== 'ports' || (name ?? '') !== '');
    return new Map((await control.objects('demo')).filter(isOurs).map((one) => [one.id, leftoverText(one)]));
  }

  async #leaveNothing(): Promise<void> {
    if (this.#stackUrl !== null) {
      await this.#request('delete');
      await this.#settled('delete');
    }
    const left = await (await cloudControl(this.#server)).leftovers();
    if (left.length > 0) this.#problem(0, `left in the end: ${left.join(', ')}`);
  }
}
