/** What the server writes into its data folder for people and clients: passwords, clouds.yaml, openrc, ready.json. All 0600. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure, messageOf } from '@hearth/kernel';

export interface Ready {
  readonly pid: number;
  readonly orchestration: string | null;
  readonly cloudformation: string | null;
  readonly cloudwatch: string | null;
  readonly autoscale: string | null;
  readonly identity: string | null;
  readonly hearth: string | null;
  readonly dashboard: string | null;
}

/** Passwords of the mini-cloud's users, made at random once per data folder. */
export interface Passwords {
  readonly demo: string;
  readonly alt_demo: string;
  readonly admin: string;
  readonly heat: string;
  readonly heat_domain_admin: string;
}
const USERS = ['demo', 'alt_demo', 'admin', 'heat', 'heat_domain_admin'] as const;

/** What a start leaves in its data folder, even one that was broken off early. */
const OWN_FILES = ['database', 'passwords.json', 'secret.key', 'clouds.yaml', 'ready.json'];

export function openDataFolder(path: string): string {
  const folder = resolve(path);
  try {
    makeFolder(folder);
    refuseForeign(folder);
    chmodSync(folder, 0o700);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      'configuration',
      `The data folder ${folder} cannot be used: ${messageOf(error)}. What to do: choose another with --data DIR, or make it yours and writable.`,
    );
  }
  return folder;
}

/** A folder of somebody else's files would be closed to all others by its new mode: `--data /tmp` must not break a machine. */
function refuseForeign(folder: string): void {
  const names = readdirSync(folder);
  if (names.length === 0 || names.some((name) => OWN_FILES.includes(name))) return;
  throw new Failure(
    'configuration',
    `The folder ${folder} holds other files (${names.slice(0, 3).join(', ')} …) and is no data folder. What to do: name a new or empty one with --data DIR.`,
  );
}

/** Not by `recursive`, which tries for ever where the system says that the parent is missing although it is there (in /proc). */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

export function loadPasswords(folder: string): Passwords {
  const file = join(folder, 'passwords.json');
  const known = existsSync(file) ? readPasswords(file) : {};
  const all = Object.fromEntries(USERS.map((user) => [user, known[user] ?? randomBytes(18).toString('base64url')]));
  if (USERS.some((user) => known[user] === undefined)) writePrivate(file, `${JSON.stringify(all, null, 2)}\n`);
  return all as unknown as Passwords;
}

function readPasswords(file: string): Partial<Record<string, string>> {
  try {
    const known: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof known === 'object' && known !== null && Object.values(known).every((value) => typeof value === 'string'))
      return known as Record<string, string>;
  } catch (error) {
    // The reason of a JSON error quotes the text, which holds passwords: only the system's reasons are told.
    if (error instanceof Error && 'syscall' in error) throw damaged(file, messageOf(error));
  }
  throw damaged(file, 'it is not a JSON object of texts');
}

const damaged = (file: string, why: string): Failure =>
  new Failure(
    'configuration',
    `The passwords in ${file} cannot be read: ${why}. What to do: restore the file from a backup, or remove it: new passwords are made.`,
  );

export const writeReady = (folder: string, ready: Ready): void =>
  writePrivate(join(folder, 'ready.json'), `${JSON.stringify(ready, null, 2)}\n`);
export const removeReady = (folder: string): void => rmSync(join(folder, 'ready.json'), { force: true });

interface CloudEntry {
  readonly name: string;
  readonly user: keyof Passwords;
  readonly project: string;
}
const CLOUDS: readonly CloudEntry[] = [
  { name: 'hearth', user: 'demo', project: 'demo' },
  { name: 'hearth-other', user: 'alt_demo', project: 'alt_demo' },
  { name: 'hearth-admin', user: 'admin', project: 'admin' },
];

/** `clouds.yaml` and `openrc`, as the stock clients read them. */
export function writeClientFiles(folder: string, identityUrl: string, region: string, passwords: Passwords): void {
  const clouds = CLOUDS.map(
    ({ name, user, project }) => `  ${name}:
    auth:
      auth_url: ${identityUrl}
      username: ${user}
      password: "${passwords[user]}"
      project_name: ${project}
      user_domain_id: default
      project_domain_id: default
    region_name: ${region}
    identity_api_version: 3
    interface: public
`,
  );
  writePrivate(join(folder, 'clouds.yaml'), `clouds:\n${clouds.join('')}`);
  const variables = {
    OS_AUTH_URL: identityUrl,
    OS_USERNAME: 'demo',
    OS_PASSWORD: passwords.demo,
    OS_PROJECT_NAME: 'demo',
    OS_USER_DOMAIN_ID: 'default',
    OS_PROJECT_DOMAIN_ID: 'default',
    OS_REGION_NAME: region,
    OS_IDENTITY_API_VERSION: '3',
    OS_INTERFACE: 'public',
  };
  writePrivate(
    join(folder, 'openrc'),
    Object.entries(variables)
      .map(([name, value]) => `export ${name}='${value}'\n`)
      .join(''),
  );
}

/** Written beside and renamed, so that nobody ever reads half a file or one with a wider mode. */
function writePrivate(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}
