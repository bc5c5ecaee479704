/** `OS::Octavia::Quota`: how many load balancers, and parts of them, a project may have. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, type JsonObject } from '@hearth/kernel';
import { c, done, p, oneNeeded, ofGiven } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { limit } from '../quota-limit.ts';
import { itemOf } from './live.ts';

const NAMES = ['healthmonitor', 'listener', 'loadbalancer', 'member', 'pool'] as const;
/** What the service's answers call them. */
const SHOWN_AS: Readonly<Record<string, string>> = { healthmonitor: 'health_monitor', loadbalancer: 'load_balancer' };

type Limits = { readonly [K in (typeof NAMES)[number]]: number | null };
interface QuotaProps extends Limits {
  readonly project: string;
}

async function projectOf(cloud: Cloud, { project }: QuotaProps): Promise<string> {
  const found = await cloud.keystone.find('projects', project);
  if (typeof found?.id !== 'string') throw new Failure('not-found', `The KeystoneProject (${project}) could not be found.`);
  return found.id;
}
const wantedLimits = (props: Limits): readonly (readonly [string, number])[] =>
  NAMES.flatMap((name) => (props[name] === null ? [] : [[name, props[name]] as const]));
/** True when every limit of the definition is what `limits` says. */
const areKept = (wanted: readonly (readonly [string, number])[], limits: JsonObject): boolean =>
  wanted.every(([name, value]) => (limits[SHOWN_AS[name] ?? name] ?? limits[name]) === value);

export const balancerQuota = openstackType({
  name: 'OS::Octavia::Quota',
  doc: 'How many load balancers, and parts of them, a project may have; for administrators.',
  support: { status: 'SUPPORTED', since: '14.0.0' },
  service: 'octavia',
  properties: {
    project: p.string('Name or id of the project.', { required: true, constraints: [c.custom('keystone.project')] }),
    healthmonitor: limit('health monitors'),
    listener: limit('listeners'),
    loadbalancer: limit('load balancers'),
    member: limit('members of pools'),
    pool: limit('pools'),
  },
  attributes: {},
  examples: [
    {
      name: 'of a project',
      props: { project: 'alt_demo', pool: 7, loadbalancer: 3 },
      updates: [{ pool: 8 }, { member: 9 }],
      replacedBy: { project: 'demo' },
    },
  ],
  validate: (props) => (NAMES.every((name) => props[name] === null) ? [oneNeeded(...NAMES)] : []),
  /** Limits have no owner: those that are as wanted count as set. */
  isFoundByPlace: true,
  async find({ cloud, props, physicalName }) {
    return areKept(wantedLimits(props), await cloud.octavia.quota(await projectOf(cloud, props))) ? [physicalName] : [];
  },
  async create({ cloud, props, physicalName }) {
    await cloud.octavia.setQuota(await projectOf(cloud, props), Object.fromEntries(wantedLimits(props)));
    return done({ physicalId: physicalName });
  },
  async update({ cloud, props }) {
    await cloud.octavia.setQuota(await projectOf(cloud, props), Object.fromEntries(wantedLimits(props)));
    return done();
  },
  async delete({ cloud, props }) {
    await cloud.octavia.resetQuota(await projectOf(cloud, props));
    return done();
  },
  liveProperties({ observed, props }) {
    const limits = itemOf(observed);
    return ofGiven(props, Object.fromEntries(NAMES.map((name) => [name, limits[SHOWN_AS[name] ?? name] ?? limits[name]])));
  },
  /** A project always has limits: the ones of this resource are gone when they are the default ones again. */
  async observe({ cloud, props }) {
    const projectId = await projectOf(cloud, props);
    const [current, usual] = await Promise.all([cloud.octavia.quota(projectId), cloud.octavia.quota(projectId, 'default')]);
    const isReset = wantedLimits(props).every(([name]) => current[SHOWN_AS[name] ?? name] === usual[SHOWN_AS[name] ?? name]);
    return isReset ? null : { show: current };
  },
});
