/** From flags and environment to a logged-in client: which cloud, which login, which address of the orchestration API. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  accessFromClouds,
  accessFromVariables,
  type CloudAccess,
  type DriftClient,
  driftClient,
  type EventClient,
  eventClient,
  hearthEndpoint,
  planClient,
  type PlanClient,
  openSession,
  type RecoveryClient,
  recoveryClient,
  type Session,
  stackClient,
  type StackClient,
  validateDefinition,
  type ValidationResult,
  type ValidationWish,
} from '@hearth/client';
import { Failure, isJsonObject } from '@hearth/kernel';
import { dataFolder, isAlive, readReady, readYaml, requireServer } from './data-folder.ts';
import { systemTimers } from './system-timers.ts';

/** The flags that every command has. */
export interface Where {
  readonly data?: string;
  readonly cloud?: string;
  readonly endpoint?: string;
}

export async function connect(where: Where): Promise<StackClient> {
  return (await connectAll(where)).stacks;
}

/** Also to what only our own server has: the client finds out when it asks. */
export async function connectAll(where: Where): Promise<{
  readonly stacks: StackClient;
  readonly events: EventClient;
  readonly drift: DriftClient;
  readonly plans: PlanClient;
  readonly recovery: RecoveryClient;
}> {
  const session = await openSession(cloudAccess(where), systemTimers);
  const endpoint = where.endpoint?.replace(/\/+$/, '') ?? orchestrationOf(session, where);
  const own = hearthEndpoint(endpoint, session.projectId);
  return {
    stacks: stackClient(session, endpoint),
    events: eventClient(session, own, systemTimers),
    drift: driftClient(session, own),
    recovery: recoveryClient(session, own),
    plans: planClient(session, own),
  };
}

/** What our own server says of a definition; `Failure('not-found')` where the server is not ours. */
export async function validateThere(where: Where, wish: ValidationWish): Promise<ValidationResult> {
  const session = await openSession(cloudAccess(where), systemTimers);
  const endpoint = where.endpoint?.replace(/\/+$/, '') ?? orchestrationOf(session, where);
  return validateDefinition(session, hearthEndpoint(endpoint, session.projectId), wish);
}

/** Who logs in where: `--cloud`, OS_CLOUD, the OS_* variables, and without any of them the member of the server on this machine. */
export function cloudAccess(where: Where): CloudAccess {
  const cloud = where.cloud ?? process.env['OS_CLOUD'];
  if (cloud !== undefined && cloud !== '') return fromFiles(cloud, where);
  if (process.env['OS_AUTH_URL'] !== undefined && where.data === undefined) return accessFromVariables(process.env);
  requireServer(dataFolder(where.data));
  return fromFiles('hearth', where);
}

/** The first clouds.yaml that has the cloud: the one named by OS_CLIENT_CONFIG_FILE, the server's, the user's. */
function fromFiles(cloud: string, where: Where): CloudAccess {
  const own = join(dataFolder(where.data), 'clouds.yaml');
  const named = process.env['OS_CLIENT_CONFIG_FILE'];
  const places = [
    ...(named === undefined ? [] : [named]),
    own,
    resolve('clouds.yaml'),
    join(homedir(), '.config/openstack/clouds.yaml'),
    '/etc/openstack/clouds.yaml',
  ];
  const files = places.filter((file) => existsSync(file));
  for (const file of files) {
    const document = readYaml(file);
    if (isJsonObject(document) && isJsonObject(document['clouds'] ?? null) && cloud in (document['clouds'] as object)) {
      if (file === own) requireServer(dataFolder(where.data));
      return accessFromClouds(document, cloud, file);
    }
  }
  if (files[0] === undefined)
    throw new Failure(
      'configuration',
      `there is no clouds.yaml (looked for ${places.join(', ')}); start a server with "npm start", or set OS_AUTH_URL and the other OS_* variables`,
    );
  return accessFromClouds(readYaml(files[0]), cloud, files.join(', '));
}

/** The catalogue's address; where it lists none, that of the server on this machine. */
function orchestrationOf(session: Session, where: Where): string {
  try {
    return session.endpoint('orchestration');
  } catch (error) {
    const ready = readReady(dataFolder(where.data));
    if (ready?.orchestration == null || !isAlive(ready.pid)) throw error;
    return `${ready.orchestration}/${session.projectId}`;
  }
}
