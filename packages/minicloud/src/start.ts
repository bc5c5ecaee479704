/** Starts the mini-cloud: state in the database, identity first, then every service on one listener, then the seed. */
import { Buffer } from 'node:buffer';
import { messageOf, type Log, type Random, type Timers } from '@hearth/kernel';
import { createListener, type Facade, type Listener } from '@hearth/http-kit';
import type { Database } from '@hearth/store';
import { startControl, type Control } from './control/control.ts';
import type { Facts, Service, ServiceContext } from './service.ts';
import { cloudDatabase } from './store/cloud-store.ts';
import { seedingStore } from './store/inventory.ts';
import { noticesOn } from './store/notices.ts';
import { withAccessRules } from './keystone/access-rules.ts';
import type { IdentityContext } from './keystone/identity-context.ts';
import { passwordsWith } from './keystone/passwords.ts';
import { rememberedReads } from './keystone/remembered-reads.ts';
import { ensureCatalog, seedIdentity, type CatalogEntry, type SeedPasswords } from './keystone/seed.ts';
import { keystone } from './keystone/service.ts';
import { tokenCheck, type TokenCheck } from './keystone/token-check.ts';

export interface MinicloudOptions {
  /** With the `minicloud` migrations applied (`minicloudMigrations`); any search path. */
  readonly database: Database;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** What chooses the port, for the message that it is taken. */
  readonly portSetting?: string;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly passwords: SeedPasswords;
  /** Everything but identity: `builtInServices(…)`. */
  readonly services: readonly Service[];
  /** More lines of the catalogue: orchestration and cloudformation with the addresses of the main listener. */
  readonly catalog?: readonly CatalogEntry[];
  /** The address others reach the listener by, where it is not `http://host:port`. */
  readonly publicUrl?: string;
}

export interface Minicloud {
  /** Without a path and without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** What a client is given as `auth_url`. */
  readonly authUrl: string;
  readonly facts: Facts;
  /** Adds or corrects a line of the catalogue, for services whose address is known late. */
  announce(entries: readonly CatalogEntry[]): Promise<void>;
  close(): Promise<void>;
}

export async function startMinicloud(options: MinicloudOptions): Promise<Minicloud> {
  const { timers, random, log } = options;
  const store = cloudDatabase(options.database);
  const tokenKey = Buffer.from(await store.settings.ensure('token-key', Buffer.from(random.bytes(32)).toString('base64')), 'base64');
  const passwords = passwordsWith(random, timers);
  const control = await startControl({ database: options.database, store, timers, random, log });
  const facts = await store.transaction((tx) => seedIdentity(seedingStore(tx), passwords, options.passwords, timers.now()));
  const reads = rememberedReads(store, timers);
  const tokens = tokenCheck(reads.store, () => tokenKey, timers);
  let cloudUrl = options.publicUrl ?? '';
  const context: ServiceContext = {
    store,
    clock: control.clock,
    steering: control.steering,
    random,
    log,
    facts,
    authUri: () => `${cloudUrl}/v3`,
  };
  const forget = (): void => {
    reads.forget();
    tokens.forget();
  };
  const notices = noticesOn(options.database, 'minicloud_identity', random.uuid());
  const announce = (): Promise<void> =>
    notices.announce().catch((error: unknown) => log.warn('minicloud.notice-failed', { message: messageOf(error) }));
  const forgetEverywhere = async (): Promise<void> => {
    forget();
    await announce();
  };
  const identity: IdentityContext = {
    ...context,
    // Tokens live by the real time, whatever the cloud's own is.
    clock: timers,
    store: reads.store,
    passwords,
    tokens,
    forget,
    announce,
    tokenKey: () => tokenKey,
    cloudUrl: () => cloudUrl,
  };
  const services = [keystone(() => identity), ...options.services];
  await seedServices(options, context, services);
  const listener = listenerFor(options);
  for (const service of services) listener.register(facadeOf(service, context, control, tokens));
  listener.register(control.facade(context, services, { verifier: tokens, forget: forgetEverywhere }));
  const stopListening = await notices.listen(forget);
  const { url, port } = await listener.listen();
  cloudUrl = options.publicUrl ?? url.replace(/\/\/(0\.0\.0\.0|\[::\])/, '//127.0.0.1');
  return {
    url: cloudUrl,
    port,
    authUrl: `${cloudUrl}/v3`,
    facts,
    async announce(entries) {
      await store.transaction((tx) => ensureCatalog(seedingStore(tx), entries, timers.now()));
      await forgetEverywhere();
    },
    async close() {
      control.endWaits();
      await listener.close();
      await stopListening();
      await control.close();
      for (const service of options.services) await service.close?.();
    },
  };
}

async function seedServices(options: MinicloudOptions, context: ServiceContext, services: readonly Service[]): Promise<void> {
  await context.store.transaction(async (work) => {
    const tx = seedingStore(work);
    for (const service of options.services) await service.seed?.(tx, context);
    const own = services.flatMap((service) => [
      { type: service.type, name: service.name, url: service.catalogPath },
      ...(service.aliases ?? []).map((type) => ({ type, name: type, url: service.catalogPath })),
    ]);
    await ensureCatalog(tx, [...own, ...(options.catalog ?? [])], options.timers.now());
  });
}

function facadeOf(service: Service, context: ServiceContext, control: Control, tokens: TokenCheck): Facade {
  const routes = service.routes(context);
  return {
    name: service.name,
    prefixes: service.prefixes,
    routes: control.routes(service, service.type === 'identity' ? routes : withAccessRules(service.type, routes, tokens)),
    verifier: tokens,
    hidesRoutes: service.type !== 'identity',
    fault: (problem, request) => service.fault(problem, request),
    ...(service.finish === undefined ? {} : { finish: service.finish }),
    ...(service.maxBodyBytes === undefined ? {} : { maxBodyBytes: service.maxBodyBytes }),
  };
}

function listenerFor(options: MinicloudOptions): Listener {
  return createListener({
    host: options.host,
    port: options.port,
    ...(options.portSetting === undefined ? {} : { portSetting: options.portSetting }),
    log: options.log,
    random: options.random,
    timers: options.timers,
    // Images and objects of gigabytes take their time to arrive.
    requestTimeoutMs: 3_600_000,
  });
}
