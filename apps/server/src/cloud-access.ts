/** Sessions with the cloud: as the service user, as a caller, and as the users who delegated their stacks to us. */
import {
  cloudOf,
  type Cloud,
  createDelegation,
  createTokenVerifier,
  createTransport,
  type EndpointFigures,
  keystoneOf,
  openSession,
  type PasswordLogin,
  type SharedLooks,
  sharedLooks,
  type Session,
  type SessionOptions,
  type StackDomain,
  stackUsersOf,
} from '@hearth/cloud-openstack';
import { Failure, type Log, messageOf, type Secret, type Timers } from '@hearth/kernel';
import type { CredentialRecord, StackRecord } from '@hearth/store';
import { systemRandom } from './system-ports.ts';
import type { KeystoneSettings, StackDomainSettings } from './settings.ts';

/** For the check at the start: its answer is for somebody who waits. */
const CHECK_TIMEOUT_MS = 5_000;

/** Sessions are kept a while, so that a thousand stacks of one trust log in once. */
const KEPT_SESSIONS = 1_000;

export type CloudAccess = ReturnType<typeof cloudAccess>;

export interface AccessOptions {
  readonly keystone: KeystoneSettings;
  /** For accounts of guests; null: there is none. */
  readonly stackDomain: StackDomainSettings | null;
  /** Where guests reach us; null: as the catalogue says. */
  readonly publicUrl: string | null;
  readonly region: string;
  readonly timers: Timers;
  readonly log: Log;
}

export function cloudAccess({ keystone, stackDomain: domain, publicUrl, region, timers, log }: AccessOptions) {
  const transport = createTransport({ timers, random: systemRandom });
  const common = { authUrl: keystone.authUrl, region, transport, log };
  const login: PasswordLogin = { username: keystone.username, password: keystone.password, userDomainId: keystone.userDomainId };
  const serviceUser = {
    ...common,
    auth: { kind: 'password', ...login, project: { name: keystone.projectName, domainId: keystone.projectDomainId } },
  } as const;
  const service = openSession(serviceUser);
  const verifier = createTokenVerifier({ session: service, timers });
  // Whoever calls was verified a moment ago: identity is not asked for the same again.
  const sessionWithToken = (token: Secret): Session =>
    openSession({ ...common, auth: { kind: 'token', token, facts: () => verifier.verify(token) } });
  const byTrust = new Map<string, Cloud>();
  const looksOf = looksByProject(timers);
  const stackUsers = stackUsersOf(domain === null ? null : stackDomainOf(domain, common));

  function cloudOfTrust(trustId: string, projectId: string): Cloud {
    const known = byTrust.get(trustId);
    if (known !== undefined) return known;
    if (byTrust.size >= KEPT_SESSIONS) byTrust.delete(byTrust.keys().next().value as string);
    const cloud = cloudOf(openSession({ ...common, auth: { kind: 'trust', ...login, trustId }, looks: looksOf(projectId) }), {
      stackUsers,
      publicUrl,
    });
    byTrust.set(trustId, cloud);
    return cloud;
  }

  return {
    service,
    sessionWithToken,
    verifier,
    delegation: createDelegation({
      serviceSession: service,
      sessionWithToken,
      sessionOfTrust: (trustId, projectId) => cloudOfTrust(trustId, projectId).session,
    }),
    async cloudFor(stack: StackRecord, credential: CredentialRecord | null): Promise<Cloud> {
      if (credential === null)
        throw new Failure('unauthorized', `stack ${stack.name} has no credential to act with; update it to make a new one`);
      return cloudOfTrust(trustOf(credential), stack.projectId);
    },
    async revoke(stack: StackRecord, credential: CredentialRecord): Promise<void> {
      const trustId = trustOf(credential);
      if (credential.data.isBorrowed === true) return;
      await keystoneOf(cloudOfTrust(trustId, stack.projectId).session).deleteTrust(trustId);
      byTrust.delete(trustId);
    },
    /** Why the service user cannot log in at the moment; null when it can. */
    async trouble(): Promise<string | null> {
      try {
        await openSession({ ...serviceUser, callTimeoutMs: CHECK_TIMEOUT_MS }).token();
        return null;
      } catch (error) {
        return messageOf(error);
      }
    },
    calls: () => transport.counts(),
    pressures: (): Readonly<Record<string, EndpointFigures>> => transport.pressures(),
    close: () => transport.close(),
  };
}

const trustOf = (credential: CredentialRecord): string => String(credential.data.trustId);

/** Whoever acts for a project sees the same of it. */
function looksByProject(timers: Timers): (projectId: string) => SharedLooks {
  const looks = new Map<string, SharedLooks>();
  return (projectId) => {
    const shared = looks.get(projectId) ?? sharedLooks(timers);
    looks.delete(projectId);
    looks.set(projectId, shared);
    if (looks.size > KEPT_SESSIONS) looks.delete(looks.keys().next().value as string);
    return shared;
  };
}

type Common = Pick<SessionOptions, 'authUrl' | 'region' | 'transport' | 'log'>;

function stackDomainOf({ id, admin, password }: StackDomainSettings, common: Common): StackDomain {
  return {
    id,
    session: openSession({ ...common, auth: { kind: 'domain', domainId: id, username: admin, password, userDomainId: id } }),
    sessionOf: ({ username, password: own, projectId }) =>
      openSession({ ...common, auth: { kind: 'password', username, password: own, userDomainId: id, project: { id: projectId } } }),
  };
}
