/** Actions addSecurityGroup and removeSecurityGroup: the groups of all of a server's ports. */
import { isJsonObject, Refusal, type Random } from '@hearth/kernel';
import { empty, type Answer } from '@hearth/http-kit';
import { collections as networkCollections, type PortBody } from '../neutron/objects.ts';
import { portsOfDevice } from '../neutron/ports.ts';
import { groupIdsNamed } from '../neutron/security-groups.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ActionCall } from './action-call.ts';
import { badRequest, missing } from './refusals.ts';
import { findServer, saveServer } from './servers.ts';

export async function changeServerGroups(call: ActionCall, how: 'add' | 'remove'): Promise<Answer> {
  const { context } = call.parts;
  const name = nameIn(call);
  const nowMs = context.clock.now();
  await context.store.transaction(async (tx) => {
    const server = await findServer(tx, call.id, call.request.identity, nowMs, true);
    const projectId = server.projectId ?? '';
    const groupId = await groupNamed(tx, projectId, name, { nowMs, random: context.random });
    const names = server.body.securityGroups;
    if (how === 'remove' && !names.includes(name)) throw missing(`Security group ${name} not associated with the instance ${call.id}`);
    const ports = await portsOfDevice(tx, call.id);
    if (how === 'add' && ports.some((port) => port.body.security_groups.includes(groupId)))
      throw badRequest(`Invalid input for security_groups. Reason: Duplicate items in the list: '${groupId}'.`);
    for (const port of ports) {
      const others = port.body.security_groups.filter((one) => one !== groupId);
      const body = { ...port.body, security_groups: how === 'add' ? [...others, groupId] : others } as PortBody;
      await tx.documents.replace<PortBody>(networkCollections.ports, { id: port.id, body }, nowMs);
    }
    const securityGroups = how === 'add' ? [...new Set([...names, name])] : names.filter((one) => one !== name);
    await saveServer(tx, server, { securityGroups }, nowMs);
  });
  return empty(202);
}

function nameIn(call: ActionCall): string {
  if (!isJsonObject(call.given)) throw badRequest('Missing parameter dict');
  const { name } = call.given;
  if (name === undefined || name === null) throw badRequest('Security group not specified');
  if (typeof name !== 'string' || name.trim() === '') throw badRequest('Security group name cannot be empty');
  return name;
}

async function groupNamed(
  tx: CloudStore,
  projectId: string,
  name: string,
  making: { readonly nowMs: number; readonly random: Random },
): Promise<string> {
  try {
    const [groupId = ''] = await groupIdsNamed(tx, projectId, [name], making);
    return groupId;
  } catch (error) {
    // The network service's own words are for those who make servers.
    if (error instanceof Refusal) throw missing(`Security group ${name} is not found for project ${projectId}`);
    throw error;
  }
}
