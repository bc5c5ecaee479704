/** What a creation of ours left is found again among things that are like it in everything that a user can say. */
import type { Cloud } from '@hearth/cloud-openstack';
import type { JsonObject } from '@hearth/kernel';
import type { ResourceType } from '@hearth/resource-kit';
import { Drive, Killed, killedAfter, type Reach } from '@hearth/resource-kit/testing';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { describe, expect, it, test } from 'vitest';
import { floatingIp } from './floating-ip.ts';
import { port } from './port.ts';
import { securityGroup } from './security-group.ts';
import { securityGroupRule } from './security-group-rule.ts';

const NOW = Date.UTC(2030, 0, 1);

/** Collections in memory; lists are filtered as they are asked for. */
function neutronCloud(present: readonly JsonObject[] = []) {
  const items = new Map(present.map((item) => [String(item.id), item]));
  const neutron = {
    create: async (_kind: string, body: JsonObject) => {
      const item = { id: `made-${items.size}`, created_at: new Date(NOW).toISOString(), status: 'ACTIVE', ...body };
      items.set(item.id, item);
      return item;
    },
    get: async (_kind: string, id: string) => items.get(id) ?? null,
    update: async (_kind: string, id: string, changes: JsonObject) => {
      const item = { ...items.get(id), ...changes };
      items.set(id, item);
      return item;
    },
    delete: async (_kind: string, id: string) => items.delete(id),
    list: async (_kind: string, query: JsonObject) =>
      [...items.values()].filter((item) => Object.entries(query).every(([key, value]) => item[key] === value)),
    idOf: async (_kind: string, name: string) => name,
  };
  return { cloud: { neutron } as unknown as Cloud, items };
}
const driveOf = (type: ResourceType<Cloud>) =>
  new Drive(type, {
    timers: { ...virtualTimers(NOW), sleep: async () => {} },
    random: seededRandom('found'),
    longestPauseMs: 0,
    maxLooks: 5,
  });

const GROUP = { name: 'web', description: 'of everybody', rules: [] };
const PORT = {
  network: 'net',
  name: 'web',
  value_specs: { description: 'of everybody' },
  no_fixed_ips: false,
  fixed_ips: null,
  security_groups: null,
  qos_policy: null,
  tags: null,
};
const ADDRESS = { floating_network: 'public', port_id: 'p', fixed_ip_address: null, value_specs: { description: 'of everybody' } };

describe('named and described by the user', () => {
  const rows: readonly (readonly [string, ResourceType<Cloud>, JsonObject, JsonObject])[] = [
    ['a security group', securityGroup, GROUP, { name: 'web' }],
    ['a port', port, PORT, { name: 'web' }],
    [
      'a port whose name is an added field',
      port,
      { ...PORT, name: null, value_specs: { ...PORT.value_specs, name: 'web' } },
      { name: 'web' },
    ],
    ['a floating IP', floatingIp, ADDRESS, { port_id: 'p' }],
  ];
  for (const calls of [1, 2, 3, 4])
    it.each(rows)(`killed after call ${calls}: %s`, async (_what, type, props, seen) => {
      const sibling = { id: 'sibling', name: 'web', description: 'of everybody', created_at: new Date(NOW).toISOString() };
      const { cloud, items } = neutronCloud([sibling]);
      const drive = driveOf(type);
      const row = drive.newRow('ours', props);
      try {
        await drive.create(killedAfter({ cloud, configs: {} as Reach<Cloud>['configs'] }, calls).cloud, row);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        await drive.resumeCreate(cloud, row);
      }
      expect([...items.keys()]).toEqual(['sibling', row.physicalId]);
      expect(items.get(row.physicalId ?? '')).toMatchObject({ ...seen, description: 'of everybody' });
      await drive.delete(cloud, row);
      expect([...items.keys()]).toEqual(['sibling']);
    });
});

describe('a rule with a description of the user', () => {
  // What the definition and the service call alike.
  const alike = {
    description: 'names',
    direction: 'ingress',
    ethertype: 'IPv4',
    port_range_min: 53,
    port_range_max: 53,
    protocol: 'tcp',
  };
  const RULE = { ...alike, security_group: 'g', remote_group: null, remote_ip_prefix: '10.0.0.7' };
  const left = {
    ...alike,
    id: 'left',
    security_group_id: 'g',
    remote_ip_prefix: '10.0.0.7/32',
    created_at: new Date(NOW + 1_000).toISOString(),
  };
  const icmp = { protocol: 'icmpv6', ethertype: 'IPv6', port_range_min: null, port_range_max: null, remote_ip_prefix: null };
  const rows: readonly (readonly [string, JsonObject, JsonObject, boolean])[] = [
    ['what says the same is ours', {}, {}, true],
    ['so is what Neutron calls otherwise', { ...icmp }, { ...icmp, protocol: 'ipv6-icmp' }, true],
    ['another protocol is another rule', {}, { protocol: 'udp' }, false],
    ['so is another range', {}, { remote_ip_prefix: '10.0.0.0/8' }, false],
    ['and another group', { remote_ip_prefix: null, remote_group: 'a' }, { remote_ip_prefix: null, remote_group_id: 'b' }, false],
    ['and one of long ago', {}, { created_at: new Date(NOW - 3_600_000).toISOString() }, false],
  ];
  test.each(rows)('%s', async (_what, wanted, there, isOurs) => {
    const { cloud } = neutronCloud([{ ...left, ...there }]);
    const drive = driveOf(securityGroupRule);
    const found = await securityGroupRule.find?.(drive.call(cloud, drive.newRow('ours', { ...RULE, ...wanted })));
    expect(found).toEqual(isOurs ? ['left'] : []);
  });
});
