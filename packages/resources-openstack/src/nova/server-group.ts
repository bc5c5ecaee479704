/** `OS::Nova::ServerGroup`: servers that are kept on one host, or apart. */
import type { Cloud } from '@hearth/cloud-openstack';
import type { Json, JsonObject } from '@hearth/kernel';
import { c, done, p, wait, isSet, nameOr } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';

interface GroupProps {
  readonly name: string | null;
  readonly policies: readonly string[];
  readonly rules: { readonly max_server_per_host: number | null } | null;
}
interface Named {
  readonly cloud: Cloud;
  readonly props: GroupProps;
  readonly physicalName: string;
}

/**
 * Groups have neither a mark nor a time, and names are not unique. So where the user chose the name, creation first commits, under a
 * stand-in for the id, which groups of that name there were: whatever is there beyond these is ours.
 */
const PREPARED = 'prepared:';

export const serverGroup = openstackType({
  name: 'OS::Nova::ServerGroup',
  doc: 'A group of servers with a policy: on one host, or each on another.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'nova',
  properties: {
    name: p.string('The name; one is made up if there is none.'),
    policies: p.listOf(p.string(''))('The policy, as a list of one.', {
      default: ['anti-affinity'],
      constraints: [c.oneOf('anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity')],
    }),
    rules: p.mapOf({ max_server_per_host: p.number('With anti-affinity: how many servers of the group a host may hold.') })(
      'Rules of the policy.',
    ),
  },
  attributes: {},
  examples: [
    { name: 'defaults', props: {}, replacedBy: { policies: ['affinity'] } },
    { name: 'with a rule', props: { policies: ['anti-affinity'], rules: { max_server_per_host: 2 } }, replacedBy: { name: 'other' } },
  ],
  validate: ({ policies }) => (policies?.length === 0 ? ['policies: a server group needs a policy.'] : []),
  isStandIn: (physicalId) => physicalId.startsWith(PREPARED),
  async find(call) {
    if (isSet(call.props.name)) return [];
    return (await groupsOf(call)).map((group) => String(group.id));
  },
  async create(call) {
    if (!isSet(call.props.name)) return done({ physicalId: await makeGroup(call) });
    const before = (await groupsOf(call)).map((group) => String(group.id));
    return wait('preparing', { physicalId: `${PREPARED}${call.physicalName}`, data: { before }, afterMs: 0 });
  },
  async checkCreate(live) {
    if (!live.physicalId.startsWith(PREPARED)) return done();
    const [present] = await newGroupsOf(live);
    return done({ physicalId: present ?? (await makeGroup(live)), data: {} });
  },
  async delete(live) {
    const ids = live.physicalId.startsWith(PREPARED) ? await newGroupsOf(live) : [live.physicalId];
    for (const id of ids) await live.cloud.nova.deleteServerGroup(id);
    return done();
  },
  // Groups never change.
  liveProperties: () => ({}),
  async observe({ cloud, physicalId }) {
    const group = await cloud.nova.getServerGroup(physicalId);
    return group === null ? null : { show: group };
  },
});

const nameOf = ({ props, physicalName }: Named): string => nameOr(props.name, physicalName);

async function makeGroup(call: Named): Promise<string> {
  const { props } = call;
  const perHost = props.rules?.max_server_per_host ?? null;
  const group = await call.cloud.nova.createServerGroup({
    name: nameOf(call),
    policy: props.policies[0] ?? '',
    ...(perHost !== null && { rules: { max_server_per_host: perHost } }),
  });
  return String(group.id);
}

async function groupsOf(call: Named): Promise<readonly JsonObject[]> {
  const name = nameOf(call);
  return (await call.cloud.nova.serverGroups()).filter((group) => group.name === name);
}

/** Groups like the one that is wanted that were not there before. In one that has members somebody has put them. */
async function newGroupsOf(live: Named & { readonly data: JsonObject }): Promise<readonly string[]> {
  const { before } = live.data;
  // Without what was there before, nothing can be told to be ours.
  if (!Array.isArray(before)) return [];
  const known = new Set(before as readonly Json[]);
  const isLikeOurs = ({ policy, members }: JsonObject): boolean =>
    policy === live.props.policies[0] && (!Array.isArray(members) || members.length === 0);
  const groups = (await groupsOf(live)).filter(isLikeOurs);
  return groups.map((group) => String(group.id)).filter((id) => !known.has(id));
}
