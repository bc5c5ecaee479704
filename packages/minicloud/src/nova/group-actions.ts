/** Actions addSecurityGroup and removeSecurityGroup: the groups of all of a server's ports. */
import { empty, type Answer } from '@hearth/http-kit';
import { collections as networkCollections, type PortBody } from '../neutron/objects.ts';
import { portsOfDevice } from '../neutron/ports.ts';
import { groupIdsNamed } from '../neutron/security-groups.ts';
import { argumentsOf, type ActionCall } from './action-call.ts';
import { missing, needed, textOf } from './refusals.ts';
import { findServer, saveServer } from './servers.ts';

export async function changeServerGroups(call: ActionCall, how: 'add' | 'remove'): Promise<Answer> {
  const { context } = call.parts;
  const name = textOf(needed(argumentsOf(call, `${how}SecurityGroup`), `${how}SecurityGroup`, 'name'), 'name');
  const nowMs = context.clock.now();
  await context.store.transaction(async (tx) => {
    const server = await findServer(tx, call.id, call.request.identity, nowMs, true);
    const [groupId = ''] = await groupIdsNamed(tx, server.projectId ?? '', [name], { nowMs, random: context.random });
    const names = server.body.securityGroups;
    if (how === 'remove' && !names.includes(name)) throw missing(`Security group ${name} not associated with the instance ${call.id}`);
    for (const port of await portsOfDevice(tx, call.id)) {
      const others = port.body.security_groups.filter((one) => one !== groupId);
      const body = { ...port.body, security_groups: how === 'add' ? [...others, groupId] : others } as PortBody;
      await tx.documents.replace<PortBody>(networkCollections.ports, { id: port.id, body }, nowMs);
    }
    const securityGroups = how === 'add' ? [...new Set([...names, name])] : names.filter((one) => one !== name);
    await saveServer(tx, server, { securityGroups }, nowMs);
  });
  return empty(202);
}
