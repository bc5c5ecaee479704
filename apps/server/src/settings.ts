/** Settings of the server: `HEARTH_*` variables and flags, checked once at the start. The one place that reads the environment. */
import { Failure, Secret } from '@hearth/kernel';
import { parseAllowList } from '@hearth/outbound';
import type { Retention } from '@hearth/store';
import type { NotificationTarget } from './sinks/outlets.ts';

export type Role = 'api' | 'engine' | 'minicloud';
export const ROLES: readonly Role[] = ['api', 'engine', 'minicloud'];

export interface Settings {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly cloudPort: number;
  readonly roles: ReadonlySet<Role>;
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: Secret | null;
  /** Folder with `initdb` and `postgres` for the embedded server; null: the programs of the installation. */
  readonly pgBin: string | null;
  /** Base64 of 32 bytes; null: a key file in the data folder. */
  readonly secretKey: Secret | null;
  /** What exports of state are sealed with; null: it is in a file, or not wanted. */
  readonly statePassphrase: Secret | null;
  /** Null: the mini-cloud in this program. */
  readonly keystone: KeystoneSettings | null;
  /** Null: the mini-cloud's own, or none. */
  readonly stackDomain: StackDomainSettings | null;
  /** Where guests and clients reach the API from outside; null: as the cloud's catalogue says. */
  readonly publicUrl: string | null;
  readonly region: string;
  readonly buildDelayMs: number | null;
  readonly deleteDelayMs: number | null;
  readonly maxResourcesPerStack: number;
  /** Hosts, addresses and networks beyond the public internet that users' URLs may name. */
  readonly outboundAllow: readonly string[];
  /** Folder with the operator's environment files; null: the built-in mappings. */
  readonly environmentDir: string | null;
  readonly retention: Retention;
  /** How often a creation or deletion that the cloud let fail is tried again within one traversal. */
  readonly actionRetries: number;
  /** Minutes from look to look for drift, of stacks that say nothing of it; null: never. */
  readonly driftEveryMins: number | null;
  /** Every update looks first at what the cloud has. */
  readonly observesOnUpdate: boolean;
  /** Where the operator is notified of what stacks go through; null: nowhere. */
  readonly notifications: NotificationTarget | null;
  readonly logLevel: string;
}

export interface KeystoneSettings {
  readonly authUrl: string;
  readonly username: string;
  readonly password: Secret;
  readonly projectName: string;
  readonly userDomainId: string;
  readonly projectDomainId: string;
}

/** The domain for accounts of guests, and who administers it. */
export interface StackDomainSettings {
  readonly id: string;
  readonly admin: string;
  readonly password: Secret;
}

/** Flags beat variables; undefined = not given. */
export interface Flags {
  readonly data?: string;
  readonly port?: string;
  readonly cloudPort?: string;
  readonly databaseUrl?: string;
  readonly pgBin?: string;
  readonly roles?: string;
}

/** Every variable that means something; another `HEARTH_*` one is a slip of the pen and stops the start. */
const KNOWN = [
  'HEARTH_DATA',
  'HEARTH_HOST',
  'HEARTH_PORT',
  'HEARTH_CLOUD_PORT',
  'HEARTH_ROLES',
  'HEARTH_DATABASE_URL',
  'HEARTH_PG_BIN',
  'HEARTH_SECRET_KEY',
  'HEARTH_STATE_PASSPHRASE',
  'HEARTH_KEYSTONE_AUTH_URL',
  'HEARTH_KEYSTONE_USERNAME',
  'HEARTH_KEYSTONE_PASSWORD',
  'HEARTH_KEYSTONE_PROJECT_NAME',
  'HEARTH_KEYSTONE_USER_DOMAIN_ID',
  'HEARTH_KEYSTONE_PROJECT_DOMAIN_ID',
  'HEARTH_STACK_DOMAIN_ID',
  'HEARTH_STACK_DOMAIN_ADMIN',
  'HEARTH_STACK_DOMAIN_ADMIN_PASSWORD',
  'HEARTH_PUBLIC_URL',
  'HEARTH_REGION',
  'HEARTH_MINICLOUD_BUILD_DELAY_MS',
  'HEARTH_MINICLOUD_DELETE_DELAY_MS',
  'HEARTH_MAX_RESOURCES_PER_STACK',
  'HEARTH_OUTBOUND_ALLOW',
  'HEARTH_ENVIRONMENT_DIR',
  'HEARTH_KEEP_DELETED_DAYS',
  'HEARTH_KEEP_EVENTS_DAYS',
  'HEARTH_MAX_EVENTS_PER_STACK',
  'HEARTH_ACTION_RETRY_LIMIT',
  'HEARTH_DRIFT_EVERY_MINUTES',
  'HEARTH_OBSERVE_ON_UPDATE',
  'HEARTH_NOTIFICATIONS',
  'HEARTH_NOTIFICATIONS_SECRET',
  'HEARTH_LOG_LEVEL',
  'HEARTH_TEMPLATES',
  'HEARTH_TESTBED',
] as const;

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

export type Variables = Readonly<Record<string, string | undefined>>;

/** Throws `Failure('configuration')` naming the setting, what is wrong with it, and what it may be. */
export function readSettings(variables: Variables, flags: Flags): Settings {
  refuseUnknown(variables);
  const text = (name: (typeof KNOWN)[number], fallback: string): string => variables[name] ?? fallback;
  const port = portOf('port', flags.port ?? variables.HEARTH_PORT, 8004);
  const cloudPort = portOf('cloud-port', flags.cloudPort ?? variables.HEARTH_CLOUD_PORT, 5000);
  if (port !== 0 && port === cloudPort)
    throw wrong('--cloud-port', `it is the same as --port (${port})`, 'give the two listeners different ports');
  const databaseUrl = flags.databaseUrl ?? variables.HEARTH_DATABASE_URL ?? null;
  if (databaseUrl !== null && !/^postgres(ql)?:\/\//.test(databaseUrl))
    throw wrong('--database-url', 'it does not begin with postgresql://', 'for example postgresql://user:password@host:5432/hearth');
  const keystone = keystoneOf(variables);
  const roles = rolesOf(flags.roles ?? variables.HEARTH_ROLES ?? null, keystone !== null);
  return {
    dataDir: flags.data ?? text('HEARTH_DATA', '.hearth'),
    host: text('HEARTH_HOST', '127.0.0.1'),
    port,
    cloudPort,
    roles,
    databaseUrl: databaseUrl === null ? null : new Secret(databaseUrl),
    pgBin: flags.pgBin ?? variables.HEARTH_PG_BIN ?? null,
    secretKey: variables.HEARTH_SECRET_KEY === undefined ? null : new Secret(variables.HEARTH_SECRET_KEY),
    statePassphrase: variables.HEARTH_STATE_PASSPHRASE === undefined ? null : new Secret(variables.HEARTH_STATE_PASSPHRASE),
    keystone,
    stackDomain: stackDomainOf(variables, keystone !== null),
    publicUrl: publicUrlOf(variables.HEARTH_PUBLIC_URL),
    region: text('HEARTH_REGION', 'RegionOne'),
    buildDelayMs: countOf('HEARTH_MINICLOUD_BUILD_DELAY_MS', variables, null),
    deleteDelayMs: countOf('HEARTH_MINICLOUD_DELETE_DELAY_MS', variables, null),
    maxResourcesPerStack: countOf('HEARTH_MAX_RESOURCES_PER_STACK', variables, 1_000) ?? 1_000,
    outboundAllow: allowedOf(text('HEARTH_OUTBOUND_ALLOW', '')),
    environmentDir: variables.HEARTH_ENVIRONMENT_DIR || null,
    retention: retentionOf(variables),
    actionRetries: countOf('HEARTH_ACTION_RETRY_LIMIT', variables, 5) ?? 5,
    driftEveryMins: driftOf(variables),
    observesOnUpdate: oneOf('HEARTH_OBSERVE_ON_UPDATE', text('HEARTH_OBSERVE_ON_UPDATE', 'off'), ['on', 'off']) === 'on',
    notifications: notificationsOf(variables),
    logLevel: oneOf('HEARTH_LOG_LEVEL', text('HEARTH_LOG_LEVEL', 'warn'), LOG_LEVELS),
  };
}

/** A list with commas, checked here so that a slip of the pen stops the start. */
function allowedOf(list: string): readonly string[] {
  const entries = list.split(',').filter((entry) => entry.trim() !== '');
  parseAllowList(entries, 'HEARTH_OUTBOUND_ALLOW');
  return entries;
}

function refuseUnknown(variables: Variables): void {
  for (const name of Object.keys(variables)) {
    if (!name.startsWith('HEARTH_') || (KNOWN as readonly string[]).includes(name)) continue;
    throw wrong(name, 'there is no such setting', `the settings are ${KNOWN.join(', ')}`);
  }
}

function keystoneOf(variables: Variables): KeystoneSettings | null {
  const authUrl = variables.HEARTH_KEYSTONE_AUTH_URL;
  if (authUrl === undefined) return null;
  if (!/^https?:\/\//.test(authUrl))
    throw wrong('HEARTH_KEYSTONE_AUTH_URL', `"${authUrl}" is not an http(s) URL`, 'for example http://controller:5000/v3');
  const needed = (name: 'HEARTH_KEYSTONE_USERNAME' | 'HEARTH_KEYSTONE_PASSWORD' | 'HEARTH_KEYSTONE_PROJECT_NAME'): string => {
    const value = variables[name];
    if (value === undefined || value === '')
      throw wrong(name, 'it is missing', 'with HEARTH_KEYSTONE_AUTH_URL the service user needs a name, a password and a project');
    return value;
  };
  return {
    authUrl: authUrl.replace(/\/+$/, ''),
    username: needed('HEARTH_KEYSTONE_USERNAME'),
    password: new Secret(needed('HEARTH_KEYSTONE_PASSWORD')),
    projectName: needed('HEARTH_KEYSTONE_PROJECT_NAME'),
    userDomainId: variables.HEARTH_KEYSTONE_USER_DOMAIN_ID ?? 'default',
    projectDomainId: variables.HEARTH_KEYSTONE_PROJECT_DOMAIN_ID ?? 'default',
  };
}

function stackDomainOf(variables: Variables, hasKeystone: boolean): StackDomainSettings | null {
  const names = ['HEARTH_STACK_DOMAIN_ID', 'HEARTH_STACK_DOMAIN_ADMIN', 'HEARTH_STACK_DOMAIN_ADMIN_PASSWORD'] as const;
  const [id, admin, password] = names.map((name) => variables[name] ?? '') as [string, string, string];
  if (id === '' && admin === '' && password === '') return null;
  const missing = names.find((name) => (variables[name] ?? '') === '');
  if (missing !== undefined) throw wrong(missing, 'it is missing', `${names.join(', ')} go together`);
  if (!hasKeystone)
    throw wrong('HEARTH_STACK_DOMAIN_ID', 'the mini-cloud has a domain of its own', 'leave it out, or set HEARTH_KEYSTONE_AUTH_URL');
  return { id, admin, password: new Secret(password) };
}

function publicUrlOf(given: string | undefined): string | null {
  if (given === undefined || given === '') return null;
  const isUrl = /^https?:\/\/[^/?#]+(\/[^?#]*)?$/.test(given);
  if (!isUrl) throw wrong('HEARTH_PUBLIC_URL', `"${given}" is not an http(s) URL`, 'for example https://heat.example.org:8004');
  return given.replace(/\/+$/, '');
}

function rolesOf(given: string | null, hasKeystone: boolean): ReadonlySet<Role> {
  const wanted =
    given === null ? ROLES.filter((role) => role !== 'minicloud' || !hasKeystone) : given.split(',').map((role) => role.trim());
  for (const role of wanted)
    if (!(ROLES as readonly string[]).includes(role)) throw wrong('--roles', `"${role}" is not a role`, `choose from ${ROLES.join(', ')}`);
  const roles = new Set(wanted as Role[]);
  if (!roles.has('minicloud') && !hasKeystone)
    throw wrong(
      '--roles',
      'without the role minicloud there is no cloud',
      'set HEARTH_KEYSTONE_AUTH_URL and the service user, or add the role minicloud',
    );
  return roles;
}

function portOf(name: string, given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  const port = Number(given);
  if (!/^\d+$/.test(given) || port > 65_535)
    throw wrong(`--${name}`, `"${given}" is not a port`, 'a number from 1 to 65535, or 0 for any free one');
  return port;
}

function countOf(
  name:
    | 'HEARTH_ACTION_RETRY_LIMIT'
    | 'HEARTH_MINICLOUD_BUILD_DELAY_MS'
    | 'HEARTH_MINICLOUD_DELETE_DELAY_MS'
    | 'HEARTH_MAX_RESOURCES_PER_STACK',
  variables: Variables,
  fallback: number | null,
): number | null {
  const given = variables[name];
  if (given === undefined) return fallback;
  if (!/^\d{1,9}$/.test(given)) throw wrong(name, `"${given}" is not a whole number`, 'for example 1000');
  return Number(given);
}

function retentionOf(variables: Variables): Retention {
  const newest = keptOf('HEARTH_MAX_EVENTS_PER_STACK', variables, 10_000);
  const days = keptOf('HEARTH_KEEP_EVENTS_DAYS', variables, 1);
  return {
    deletedDays: keptOf('HEARTH_KEEP_DELETED_DAYS', variables, 90),
    events: newest === null || days === null ? null : { newest, days },
  };
}

function driftOf(variables: Variables): number | null {
  const given = variables.HEARTH_DRIFT_EVERY_MINUTES ?? 'off';
  if (given === 'off') return null;
  if (!/^\d{1,6}$/.test(given) || Number(given) < 1)
    throw wrong('HEARTH_DRIFT_EVERY_MINUTES', `"${given}" is not a whole number from 1 up`, 'for example 60; or "off", which is the usual');
  return Number(given);
}

function notificationsOf(variables: Variables): NotificationTarget | null {
  const { HEARTH_NOTIFICATIONS: target, HEARTH_NOTIFICATIONS_SECRET: secret } = variables;
  if (target === undefined || target === '') return null;
  if (target === 'log') return { kind: 'log' };
  if (target.startsWith('/')) return { kind: 'file', file: target };
  if (/^https?:\/\//.test(target) && URL.canParse(target))
    return { kind: 'webhook', url: target, secret: secret === undefined ? null : new Secret(secret) };
  throw wrong(
    'HEARTH_NOTIFICATIONS',
    `"${target}" is no place to tell notifications to`,
    'one of: log, the absolute path of a file, an http(s) URL',
  );
}

/** Null: everything is kept. Not less than one: what has just happened must stay for those that look for it. */
function keptOf(
  name: 'HEARTH_KEEP_DELETED_DAYS' | 'HEARTH_KEEP_EVENTS_DAYS' | 'HEARTH_MAX_EVENTS_PER_STACK',
  variables: Variables,
  fallback: number,
): number | null {
  const given = variables[name] ?? String(fallback);
  if (given === 'forever') return null;
  if (!/^\d{1,9}$/.test(given) || Number(given) < 1)
    throw wrong(name, `"${given}" is not a whole number from 1 up`, `for example ${fallback}; or "forever", which removes nothing`);
  return Number(given);
}

function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (!allowed.includes(value)) throw wrong(name, `"${value}" is not known`, `choose from ${allowed.join(', ')}`);
  return value;
}

const wrong = (name: string, what: string, remedy: string): Failure =>
  new Failure('configuration', `Setting ${name}: ${what}. What to do: ${remedy}.`);
