/** The cloud transcript where the cloud says no: unknown things, bad values, and what is for administrators. */
import type { CloudChapter } from './cloud-step.ts';

const NOWHERE = '11111111-2222-4333-8444-555555555555';

export const refusalChapter: CloudChapter = {
  name: 'refusals',
  steps: [
    { name: 'token issue: a wrong password', run: '--os-password wrong token issue', refuses: /requires authentication|401/ },
    { name: 'project create: for administrators', run: 'project create {tag}-mine', refuses: /403|not authorized/ },
    { name: 'user list: for administrators', run: 'user list', refuses: /403|not authorized/ },
    { name: 'domain list: for administrators', run: 'domain list', refuses: /403|not authorized/ },
    { name: 'role list: for administrators', run: 'role create {tag}-role', refuses: /403|not authorized/ },
    { name: 'user show: of nobody', run: `user show ${NOWHERE}`, as: 'admin', refuses: /No user with a name or ID/ },
    { name: 'project show: of nothing', run: `project show ${NOWHERE}`, as: 'admin', refuses: /No project with a name or ID/ },
    { name: 'server show: of nothing', run: `server show ${NOWHERE}`, refuses: /No server with a name or ID/i },
    { name: 'server delete: of nothing', run: `server delete ${NOWHERE}`, refuses: /No server with a name or ID/i },
    { name: 'hypervisor list: for administrators', run: 'hypervisor list', refuses: /403|Policy doesn't allow/ },
    { name: 'aggregate list: for administrators', run: 'aggregate list', refuses: /403|Policy doesn't allow/ },
    { name: 'compute service list: for administrators', run: 'compute service list', refuses: /403|Policy doesn't allow/ },
    { name: 'server list: of all projects, for administrators', run: 'server list --all-projects', refuses: /403|Policy doesn't allow/ },
    {
      name: 'server list: a bad microversion',
      run: '--os-compute-api-version 2.999 server list',
      refuses: /versions supported by client/,
    },
    { name: 'keypair show: of nothing', run: 'keypair show {tag}-nothing', refuses: /No Keypair found/ },
    {
      name: 'keypair create: no key at all',
      run: 'keypair create --public-key {folder}/object.txt {tag}-nokey',
      refuses: /400|Keypair data is invalid/,
    },
    {
      name: 'server group create: an unknown policy',
      run: 'server group create --policy affinity {tag}-group',
      shows: { policy: 'affinity' },
      keeps: { group: 'id' },
    },
    { name: 'server group show: of nothing', run: `server group show ${NOWHERE}`, refuses: /NoneType|not found/ },
    { name: 'image show: of nothing', run: `image show ${NOWHERE}`, refuses: /No Image found/i },
    { name: 'network show: of nothing', run: `network show ${NOWHERE}`, refuses: /No Network found/ },
    {
      name: 'network create: provider values are for administrators',
      run: 'network create --provider-network-type vlan --provider-segment 100 {tag}-vlan',
      refuses: /403|disallowed by policy/,
    },
    {
      name: 'network create: external is for administrators',
      run: 'network create --external {tag}-external',
      refuses: /403|disallowed by policy/,
    },
    { name: 'network set: not ours', run: 'network set --name mine public', refuses: /403|disallowed by policy|rule:update_network/ },
    {
      name: 'subnet create: no range',
      run: 'subnet create --network private --subnet-range 10.300.0.0/24 {tag}-bad',
      refuses: /400|Invalid input|not a valid/,
    },
    { name: 'port show: of nothing', run: `port show ${NOWHERE}`, refuses: /No Port found/ },
    { name: 'router show: of nothing', run: `router show ${NOWHERE}`, refuses: /No Router found/ },
    {
      name: 'floating ip create: a network that is not external',
      run: 'floating ip create private',
      refuses: /is not a valid external network|400/,
    },
    {
      name: 'security group rule create: a bad range',
      run: 'security group rule create --protocol tcp --dst-port 80 --remote-ip 10.0.0.0/99 default',
      refuses: /400|Invalid input|not a valid|Invalid CIDR/i,
    },
    { name: 'volume show: of nothing', run: `volume show ${NOWHERE}`, refuses: /No volume with a name or ID/ },
    {
      name: 'volume create: of an unknown image',
      run: `volume create --size 1 --image ${NOWHERE} {tag}-bad`,
      refuses: /No Image found|400/i,
    },
    {
      name: 'volume create: in an unknown zone',
      run: 'volume create --size 1 --availability-zone {tag}-zone {tag}-bad',
      refuses: /Availability zone .* is invalid|400/,
    },
    { name: 'volume service list: for administrators', run: 'volume service list', refuses: /403|disallowed by policy|Policy/ },
    { name: 'container show: of nothing', run: 'container show {tag}-nothing', refuses: /404|Not Found/ },
    { name: 'loadbalancer show: of nothing', run: `loadbalancer show ${NOWHERE}`, refuses: /Unable to locate|not found/i },
    {
      name: 'loadbalancer create: on an unknown subnet',
      run: `loadbalancer create --vip-subnet-id ${NOWHERE}`,
      refuses: /Unable to locate|not found|could not be found/i,
    },
    { name: 'loadbalancer create: on nothing', run: 'loadbalancer create --name {tag}-nowhere', code: 1, refuses: /VIP|vip/ },
    { name: 'quota set: for administrators', run: 'quota set --instances 5 demo', refuses: /403|not authorized|Policy|Forbidden/ },
  ],
  sweep: [{ run: 'server group delete {group}', as: 'demo' }],
};
