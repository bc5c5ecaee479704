/** What the server writes into its data folder for people and clients: passwords, clouds.yaml, openrc, ready.json. All 0600. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

export function openDataFolder(path: string): string {
  const folder = resolve(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    throw new Failure(
      'configuration',
      `The data folder ${folder} cannot be used: ${messageOf(error)}. What to do: choose another with --data DIR, or make it yours and writable.`,
    );
  }
  return folder;
}

export function loadPasswords(folder: string): Passwords {
  const file = join(folder, 'passwords.json');
  const known: Partial<Record<string, string>> = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const all = Object.fromEntries(USERS.map((user) => [user, known[user] ?? randomBytes(18).toString('base64url')]));
  if (USERS.some((user) => known[user] === undefined)) writePrivate(file, `${JSON.stringify(all, null, 2)}\n`);
  return all as unknown as Passwords;
}

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
