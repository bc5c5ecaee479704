/** Puts the chosen roles of one process together: database, mini-cloud, API, engine; and takes them apart again in the right order. */
import { hostname } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { heatFacade, SIGNED_PREFIX, signedSignalFacade } from '@hearth/api-heat';
import { hearthFacade } from '@hearth/api-hearth';
import type { CloudAccess as ClientAccess } from '@hearth/client';
import { definitionCache } from '@hearth/engine';
import { createListener, type Listener } from '@hearth/http-kit';
import { type Log, messageOf, Secret } from '@hearth/kernel';
import { createOutbound } from '@hearth/outbound';
import { builtInServices, type Minicloud, minicloudMigrations, startMinicloud } from '@hearth/minicloud';
import { configShelf, DEFAULT_STACK_LIMITS, eventFeed, stackUseCases } from '@hearth/stacks';
import { LONG_STATEMENT_MS, migrate, openDatabase, openSecretBox, settleEventOrder, type StackRecord, watchKeys } from '@hearth/store';
import { type CloudAccess, cloudAccess } from './cloud-access.ts';
import { loadPasswords, openDataFolder, type Passwords, type Ready, removeReady, writeClientFiles, writeReady } from './data-folder.ts';
import { startEngineProcess } from './engine-process.ts';
import { keySource, type OpenStore, openStore } from './open-store.ts';
import { createHistogram } from './histogram.ts';
import { operatorFacades } from './operator-facade.ts';
import { allTypes } from './resource-types.ts';
import type { KeystoneSettings, Settings, StackDomainSettings } from './settings.ts';
import { monotonicTimers, systemLog, systemRandom, systemTimers } from './system-ports.ts';
import { stackPorts } from './stack-ports.ts';

export interface RunningServer {
  readonly ready: Ready;
  readonly dataDir: string;
  /** How the mini-cloud's member signs in; null where there is no mini-cloud or no API in this process. */
  readonly member: ClientAccess | null;
  /** Why the cloud outside cannot be used at the moment; null when it can, or when it is the mini-cloud. */
  readonly cloudTrouble: string | null;
  stop(): Promise<void>;
}

type Print = (line: string) => void;

/** What has been started, to be stopped in reverse; also when a later start fails. */
class Undo {
  readonly #steps: (() => Promise<void>)[] = [];
  push(step: () => Promise<void>): void {
    this.#steps.push(step);
  }
  async run(log: Log): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        log.warn('stop-step-failed', { reason: messageOf(error) });
      }
    }
  }
}

/** V8 would let the heap grow to four times what lives in it before it looks for what does not: here, twice. */
const HEAP_GROWTH = '--heap-growing-percent=100';

export async function startServer(settings: Settings, print: Print): Promise<RunningServer> {
  setFlagsFromString(HEAP_GROWTH);
  const dataDir = openDataFolder(settings.dataDir);
  const log = systemLog(settings.logLevel);
  const undo = new Undo();
  try {
    const store = await openStore(settings, dataDir, log);
    undo.push(() => store.close());
    print(`Database ready${settings.databaseUrl === null ? ' (embedded PostgreSQL)' : ''}.`);
    return await startRoles(settings, { dataDir, log, store, undo });
  } catch (error) {
    await undo.run(log);
    throw error;
  }
}

interface Ground {
  readonly dataDir: string;
  readonly log: Log;
  readonly store: OpenStore;
  readonly undo: Undo;
}

async function startRoles(settings: Settings, ground: Ground): Promise<RunningServer> {
  const { dataDir, log, undo } = ground;
  const passwords = loadPasswords(dataDir);
  const minicloud = settings.roles.has('minicloud') ? await startEmbeddedCloud(settings, ground, passwords) : null;
  const keystone = settings.keystone ?? ownKeystone(minicloud as Minicloud, passwords);
  const { publicUrl, region } = settings;
  const stackDomain = minicloud === null ? settings.stackDomain : ownStackDomain(minicloud, passwords);
  const access = cloudAccess({ keystone, stackDomain, publicUrl, region, timers: systemTimers, log });
  undo.push(() => access.close());
  const orchestration = await startOrchestration(settings, ground, access, keystone.authUrl);
  if (orchestration !== null && minicloud !== null) {
    await minicloud.announce([
      { type: 'orchestration', name: 'heat', url: `${orchestration}/v1/$(project_id)s` },
      { type: 'cloudformation', name: 'heat-cfn', url: `${orchestration}${SIGNED_PREFIX}` },
    ]);
  }
  if (minicloud !== null) writeClientFiles(dataDir, minicloud.authUrl, settings.region, passwords);
  const ready: Ready = {
    pid: process.pid,
    orchestration: orchestration === null ? null : `${orchestration}/v1`,
    cloudformation: null,
    cloudwatch: null,
    autoscale: null,
    identity: keystone.authUrl,
    hearth: orchestration === null || !settings.roles.has('api') ? null : `${orchestration}/hearth/v1`,
    dashboard: null,
  };
  writeReady(dataDir, ready);
  undo.push(async () => removeReady(dataDir));
  const member = minicloud === null || orchestration === null ? null : memberOf(settings, minicloud, passwords);
  const cloudTrouble = minicloud === null ? await access.trouble() : null;
  return { ready, dataDir, member, cloudTrouble, stop: () => undo.run(log) };
}

async function startEmbeddedCloud(settings: Settings, { log, store, undo }: Ground, passwords: Passwords): Promise<Minicloud> {
  const database = await openDatabase({ connection: store.connection, schema: 'minicloud', log });
  undo.push(() => database.close());
  await migrate(database, minicloudMigrations());
  const minicloud = await startMinicloud({
    database,
    host: settings.host,
    port: settings.cloudPort,
    portSetting: '--cloud-port',
    timers: systemTimers,
    random: systemRandom,
    log,
    passwords: {
      admin: new Secret(passwords.admin),
      demo: new Secret(passwords.demo),
      altDemo: new Secret(passwords.alt_demo),
      service: new Secret(passwords.heat),
      stackDomainAdmin: new Secret(passwords.heat_domain_admin),
    },
    services: builtInServices({
      buildDelayMs: settings.buildDelayMs,
      deleteDelayMs: settings.deleteDelayMs,
      outbound: createOutbound({ log, timers: systemTimers, allow: settings.outboundAllow, allowSetting: 'HEARTH_OUTBOUND_ALLOW' }),
    }),
  });
  undo.push(() => minicloud.close());
  return minicloud;
}

const ownKeystone = (minicloud: Minicloud, passwords: Passwords): KeystoneSettings => ({
  authUrl: minicloud.authUrl,
  username: 'heat',
  password: new Secret(passwords.heat),
  projectName: 'service',
  userDomainId: 'default',
  projectDomainId: 'default',
});

const ownStackDomain = ({ facts }: Minicloud, passwords: Passwords): StackDomainSettings => ({
  id: facts.stackDomainId,
  admin: 'heat_domain_admin',
  password: new Secret(passwords.heat_domain_admin),
});

/** The main listener and the engine, as far as this process has those roles. Gives the listener's URL. */
async function startOrchestration(
  settings: Settings,
  { dataDir, log, store, undo }: Ground,
  access: CloudAccess,
  authUrl: string,
): Promise<string | null> {
  if (!settings.roles.has('api') && !settings.roles.has('engine')) return null;
  const { database } = store;
  const secretBox = await openSecretBox(database, keySource(settings, dataDir));
  const name = `${hostname()}:${process.pid}`;
  const keys = await watchKeys({ database, ring: secretBox, timers: monotonicTimers, log, id: systemRandom.uuid(), name });
  undo.push(() => keys.stop());
  const { softwareConfigsPerProject } = DEFAULT_STACK_LIMITS;
  const shelf = { database, secretBox, clock: systemTimers, random: systemRandom, softwareConfigsPerProject };
  const configsFor = (stack: StackRecord) => configShelf(shelf, stack.projectId);
  const shared = { settings, database, secretBox, registry: allTypes(), access, configsFor, definitions: definitionCache(), log };
  const reactions = createHistogram();
  if (settings.roles.has('engine')) {
    const engine = await startEngineProcess({ ...shared, connection: store.connection, reactions });
    undo.push(() => engine.stop());
  }
  const listener: Listener = createListener({
    host: settings.host,
    port: settings.port,
    portSetting: '--port',
    log,
    random: systemRandom,
    timers: systemTimers,
  });
  await settleEventOrder(database.within(LONG_STATEMENT_MS));
  const events = eventFeed({ database, timers: systemTimers, log });
  for (const facade of operatorFacades({ database, cloudCalls: access.calls, pressures: access.pressures, reactions }))
    listener.register(facade);
  if (settings.roles.has('api')) {
    const stacks = stackUseCases(await stackPorts(shared));
    listener.register(heatFacade({ stacks, verifier: access.verifier, authUri: authUrl }));
    listener.register(signedSignalFacade({ stacks }));
    listener.register(hearthFacade({ events, stacks, verifier: access.verifier, authUri: authUrl }));
  }
  const { url } = await listener.listen();
  undo.push(() => listener.close());
  // Before the listener, which waits for answers under way: streams do not end by themselves.
  undo.push(() => events.close());
  return url;
}

const memberOf = (settings: Settings, minicloud: Minicloud, passwords: Passwords): ClientAccess => ({
  authUrl: minicloud.authUrl,
  username: 'demo',
  password: new Secret(passwords.demo),
  projectName: 'demo',
  userDomain: { id: 'default' },
  projectDomain: { id: 'default' },
  region: settings.region,
});
