/**
 * Judges values by named constraints: local rules at once, services' objects by looking them up with the caller's own token. Answers are kept
 * for a minute per caller (good ones only, so that what was just made is found).
 */
import { digestOf, Failure, revealSecret, type Json, type Secret, type Timers } from '@hearth/kernel';
import { BoundedCache } from './bounded-cache.ts';
import { cloudOf, type Cloud } from './cloud.ts';
import { localConstraintProblem } from './local-constraints.ts';
import { notFoundText, type NeutronKind } from './neutron.ts';
import { octaviaNotFoundText, type OctaviaKind } from './octavia.ts';
import type { Session } from './session.ts';

export interface ConstraintCheckerOptions {
  readonly timers: Timers;
  readonly sessionWithToken: (token: Secret) => Session;
  /** Constraints that others know how to judge; null for one that they do not know. */
  readonly otherLookUp?: (constraint: string) => LookUp | null;
}
export interface Question {
  readonly constraint: string;
  readonly value: Json;
}
export interface ConstraintChecker {
  /**
   * One answer per question, in order: null when the value is fine, else what is wrong. A name that nobody knows is never fine.
   * Throws a `Failure` when a service cannot be asked.
   */
  check(caller: { readonly token: Secret }, questions: readonly Question[]): Promise<readonly (string | null)[]>;
}

/** What is wrong, or null. */
type LookUp = (cloud: Cloud, value: string) => Promise<string | null>;

const neutron =
  (kind: NeutronKind): LookUp =>
  async (cloud, value) =>
    (await cloud.neutron.find(kind, value)) === null ? notFoundText(kind, value) : null;
const octavia =
  (kind: OctaviaKind): LookUp =>
  async (cloud, value) =>
    (await cloud.octavia.find(kind, value)) === null ? octaviaNotFoundText(kind, value) : null;
const keystone =
  (collection: Parameters<Cloud['keystone']['find']>[0], one: string): LookUp =>
  async (cloud, value) =>
    (await cloud.keystone.find(collection, value)) === null ? `The Keystone${one} (${value}) could not be found.` : null;

const LOOK_UPS: Readonly<Record<string, LookUp>> = {
  'nova.flavor': async (cloud, value) =>
    (await cloud.nova.findFlavor(value)) === null ? `No Flavor matching {'name': '${value}'}. (HTTP 404)` : null,
  'nova.keypair': async (cloud, value) =>
    (await cloud.nova.findKeypair(value)) === null ? `The Key (${value}) could not be found.` : null,
  'nova.server': async (cloud, value) =>
    (await cloud.nova.getServer(value)) === null && (await cloud.nova.serversNamed(value)).length === 0
      ? `The Server (${value}) could not be found.`
      : null,
  'cinder.volume': async (cloud, value) =>
    (await cloud.cinder.getVolume(value)) === null ? `The Volume (${value}) could not be found.` : null,
  'cinder.snapshot': async (cloud, value) =>
    (await cloud.cinder.getSnapshot(value)) === null ? `The VolumeSnapshot (${value}) could not be found.` : null,
  'cinder.backup': async (cloud, value) =>
    (await cloud.cinder.getBackup(value)) === null ? `The Volume backup (${value}) could not be found.` : null,
  'cinder.vtype': async (cloud, value) =>
    (await cloud.cinder.findType(value)) === null ? `The VolumeType (${value}) could not be found.` : null,
  // Kept for templates from the days of nova-network.
  'nova.network': neutron('network'),
  'glance.image': async (cloud, value) =>
    (await cloud.glance.findImage(value)) === null ? `No images matching {'name': '${value}'}.` : null,
  'neutron.network': neutron('network'),
  'neutron.subnet': neutron('subnet'),
  'neutron.port': neutron('port'),
  'neutron.router': neutron('router'),
  'neutron.security_group': neutron('security_group'),
  'neutron.subnetpool': neutron('subnetpool'),
  'neutron.address_scope': neutron('address_scope'),
  'neutron.segment': neutron('segment'),
  'neutron.qos_policy': neutron('qos_policy'),
  'octavia.loadbalancer': octavia('loadbalancer'),
  'octavia.listener': octavia('listener'),
  'octavia.pool': octavia('pool'),
  'octavia.l7policy': octavia('l7policy'),
  'octavia.flavor': octavia('flavor'),
  'octavia.flavorprofile': octavia('flavorprofile'),
  'keystone.project': keystone('projects', 'Project'),
  'keystone.user': keystone('users', 'User'),
  'keystone.role': keystone('roles', 'Role'),
  'keystone.domain': keystone('domains', 'Domain'),
  'keystone.group': keystone('groups', 'Group'),
  'keystone.service': keystone('services', 'Service'),
  'keystone.region': keystone('regions', 'Region'),
};

const KEPT_MS = 60_000;
const KEPT_ANSWERS = 10_000;
const KEPT_CLOUDS = 200;

export function createConstraintChecker(options: ConstraintCheckerOptions): ConstraintChecker {
  const { timers } = options;
  const answers = new BoundedCache<string | null>(timers, KEPT_ANSWERS, (problem) => (problem === null ? KEPT_MS : 0));
  const clouds = new BoundedCache<Cloud>(timers, KEPT_CLOUDS, () => KEPT_MS);

  async function answer(token: Secret, who: string, { constraint, value }: Question): Promise<string | null> {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    const local = localConstraintProblem(constraint, value, timers.now());
    if (local !== undefined) return local === null ? null : `Error validating value '${shown}': ${local}`;
    const lookUp = Object.hasOwn(LOOK_UPS, constraint) ? LOOK_UPS[constraint] : options.otherLookUp?.(constraint);
    if (lookUp === undefined || lookUp === null) return `"${shown}" does not validate ${constraint} (constraint not found)`;
    if (typeof value !== 'string') return `"${shown}" does not validate ${constraint}`;
    const problem = await answers.get(`${who} ${constraint} ${value}`, async () => {
      const cloud = await clouds.get(who, async () => cloudOf(options.sessionWithToken(token)));
      return refused(() => lookUp(cloud, value));
    });
    return problem === null ? null : `Error validating value '${shown}': ${problem}`;
  }

  return {
    async check(caller, questions) {
      const who = digestOf(revealSecret(caller.token));
      const results: (string | null)[] = [];
      // A few at a time: a template may hold thousands, mostly equal ones, which are asked once.
      const AT_ONCE = 16;
      for (let i = 0; i < questions.length; i += AT_ONCE) {
        results.push(...(await Promise.all(questions.slice(i, i + AT_ONCE).map((question) => answer(caller.token, who, question)))));
      }
      return results;
    },
  };
}

/** What the service says against the value itself is an answer; that it cannot be asked is not. */
async function refused(look: () => Promise<string | null>): Promise<string | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure && (error.code === 'invalid' || error.code === 'not-found' || error.code === 'forbidden'))
      return error.message;
    throw error;
  }
}
