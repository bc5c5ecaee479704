/** `OS::Nova::Flavor`: a size of servers; for administrators. */
import { type Cloud, isNotFound } from '@hearth/cloud-openstack';
import { Failure, type Json, type JsonObject } from '@hearth/kernel';
import { a, c, done, type Live, p, wait, ofGiven, asSent, nameOr, orNull } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';

export const flavor = openstackType({
  name: 'OS::Nova::Flavor',
  doc: 'A size of servers: memory, processors, disks. Made by administrators.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'nova',
  properties: {
    tenants: p.listOf(p.string('', { constraints: [c.custom('keystone.project')] }))(
      'Names or ids of the projects that may use a private flavor.',
      {
        default: [],
        updatable: true,
      },
    ),
    ram: p.integer('Memory in MB.', { required: true }),
    vcpus: p.integer('Number of processors.', { required: true }),
    disk: p.integer('Size of the root disk in GB; 0: as large as the image.', { default: 0 }),
    swap: p.integer('Swap space in MB.', { default: 0 }),
    ephemeral: p.integer('Size of a second, local disk in GB.', { default: 0 }),
    flavorid: p.string('The id; one is made up if there is none.'),
    name: p.string('The name; one is made up if there is none.'),
    rxtx_factor: p.number('Share of the network bandwidth, where the hypervisor heeds it.', { default: 1 }),
    extra_specs: p.map('Further keys and values for scheduler and hypervisor.', { updatable: true }),
    is_public: p.boolean('Whether all projects may use it.', { default: true }),
  },
  attributes: {
    is_public: a.boolean('Whether all projects may use it.'),
    extra_specs: a.map('Its extra specs.'),
  },
  examples: [
    {
      name: 'public',
      props: { ram: 64, vcpus: 1, extra_specs: { 'hw:mem_page_size': 'small' } },
      updates: [{ extra_specs: { 'hw:cpu_policy': 'shared' } }, { extra_specs: {} }],
      replacedBy: { ram: 128 },
    },
    {
      name: 'private, named',
      props: { name: 'contract-flavor', flavorid: 'contract-flavor-id', ram: 64, vcpus: 1, disk: 1, is_public: false, tenants: ['demo'] },
      updates: [{ tenants: ['alt_demo'] }, { tenants: [] }],
      replacedBy: { is_public: true },
    },
  ],
  async find(call) {
    const found = await call.cloud.nova.flavorsNamed(nameOf(call));
    // The description is our mark: names and ids of flavors are everybody's.
    return found.filter((one) => one.description === call.physicalName).map((one) => String(one.id));
  },
  async create(call) {
    const { cloud, props, physicalName } = call;
    const made = await cloud.nova.createFlavor({
      name: nameOf(call),
      id: orNull(props.flavorid),
      ram: props.ram,
      vcpus: props.vcpus,
      disk: props.disk,
      swap: props.swap,
      'OS-FLV-EXT-DATA:ephemeral': props.ephemeral,
      rxtx_factor: props.rxtx_factor,
      'os-flavor-access:is_public': props.is_public,
      description: physicalName,
    });
    // The id is committed before what needs further calls.
    return wait('created', { physicalId: String(made.id), afterMs: 0 });
  },
  async checkCreate(live) {
    const { cloud, physicalId, props } = live;
    if (props.extra_specs !== null) await setSpecs(cloud, physicalId, props.extra_specs);
    if (!props.is_public) await openTo(cloud, physicalId, props.tenants.length > 0 ? props.tenants : await ownProject(cloud), false);
    return done();
  },
  async update({ cloud, physicalId, changed, props }) {
    if (changed.extra_specs !== undefined) await replaceSpecs(cloud, physicalId, changed.extra_specs ?? {});
    if (changed.tenants !== undefined && !props.is_public) await openTo(cloud, physicalId, changed.tenants, true);
    return done();
  },
  async delete({ cloud, physicalId }) {
    await cloud.nova.deleteFlavor(physicalId);
    return done();
  },
  // Who may use a private one is not shown with it.
  liveProperties: ({ observed, props }) =>
    ofGiven(props, { extra_specs: asSent(observed.extra_specs ?? undefined, props.extra_specs, textOf) }),
  observe: observeFlavor,
});

const nameOf = ({ props, physicalName }: { readonly props: { readonly name: string | null }; readonly physicalName: string }): string =>
  nameOr(props.name, physicalName);

/** Nova takes texts only. */
const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function setSpecs(cloud: Cloud, id: string, specs: JsonObject): Promise<void> {
  if (Object.keys(specs).length === 0) return;
  await cloud.nova.setExtraSpecs(id, Object.fromEntries(Object.entries(specs).map(([key, value]) => [key, textOf(value)])));
}

async function replaceSpecs(cloud: Cloud, id: string, specs: JsonObject): Promise<void> {
  const present = Object.keys(await cloud.nova.extraSpecs(id));
  for (const key of present) if (!Object.hasOwn(specs, key)) await cloud.nova.removeExtraSpec(id, key);
  await setSpecs(cloud, id, specs);
}

const ownProject = async (cloud: Cloud): Promise<readonly string[]> => {
  const { projectId } = (await cloud.session.token()).facts;
  return projectId === null ? [] : [projectId];
};

/** Repeatable: what is as wanted is left alone. `exactly`: all others lose their access. */
async function openTo(cloud: Cloud, id: string, projects: readonly string[], exactly: boolean): Promise<void> {
  const wanted = new Set(await Promise.all(projects.map((project) => projectId(cloud, project))));
  const present = await cloud.nova.flavorProjects(id);
  if (exactly) for (const project of present) if (!wanted.has(project)) await cloud.nova.setFlavorAccess(id, project, false);
  for (const project of wanted) if (!present.includes(project)) await cloud.nova.setFlavorAccess(id, project, true);
}

async function projectId(cloud: Cloud, nameOrId: string): Promise<string> {
  const found = await cloud.keystone.find('projects', nameOrId);
  if (typeof found?.id !== 'string') throw new Failure('not-found', `The KeystoneProject (${nameOrId}) could not be found.`);
  return found.id;
}

async function observeFlavor({ cloud, physicalId }: Live<Cloud, unknown>) {
  const present = await cloud.nova.getFlavor(physicalId);
  if (present === null) return null;
  try {
    const extraSpecs = await cloud.nova.extraSpecs(physicalId);
    return { is_public: present['os-flavor-access:is_public'] === true, extra_specs: extraSpecs, show: present };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
