/** What a server's status says while it is being made or changed (resource-types.md, A). */
import type { Cloud } from '@hearth/cloud-openstack';
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { ResourceFailed } from '@hearth/resource-kit';

/** Some services add the task in brackets: `BUILD(networking)`. */
export const statusOf = (server: JsonObject): string => String(server.status ?? 'UNKNOWN').split('(')[0] as string;
export const isIdle = (server: JsonObject | null): boolean => (server?.['OS-EXT-STS:task_state'] ?? null) === null;

const PASSING: ReadonlySet<string> = new Set([
  ...[
    'BUILD',
    'HARD_REBOOT',
    'PASSWORD',
    'REBOOT',
    'RESCUE',
    'RESIZE',
    'REVERT_RESIZE',
    'SHUTOFF',
    'SUSPENDED',
    'VERIFY_RESIZE',
    'REBUILD',
    'MIGRATING',
  ],
]);
export const isPassing = (status: string): boolean => PASSING.has(status);

/** The server as it is; throws when it is gone, in error, or in a state that nobody knows. */
export async function livingServer(cloud: Cloud, id: string): Promise<{ readonly server: JsonObject; readonly status: string }> {
  const server = await cloud.nova.getServer(id);
  if (server === null) throw new ResourceFailed('Server disappeared', 'NotFound');
  const status = statusOf(server);
  if (status === 'ERROR') throw new ResourceFailed(`Went to status ERROR due to "${faultOf(server)}"`);
  if (status !== 'ACTIVE' && !isPassing(status))
    throw new ResourceFailed(`${String(server.name)} - Unknown status ${status} due to "${faultOf(server)}"`, 'ResourceUnknownStatus');
  return { server, status };
}

/** What a check says of a server that is there, in Heat's words; null: it runs. */
export function notActive(server: Json | undefined): string | null {
  const status = isJsonObject(server) ? statusOf(server) : 'UNKNOWN';
  return status === 'ACTIVE' ? null : `'status': expected 'ACTIVE', got '${status}'`;
}

export function undeletable(server: JsonObject): ResourceFailed {
  const fault = isJsonObject(server.fault) ? server.fault : {};
  const reason = `Server ${String(server.name)} delete failed: (${String(fault.code ?? 'None')}) ${String(fault.message ?? 'Unknown')}`;
  return new ResourceFailed(`Went to status ERROR due to "${reason}"`);
}

/** As Heat words it: `Message: No valid host was found. , Code: 500`. */
function faultOf(server: JsonObject): string {
  const fault = isJsonObject(server.fault) ? server.fault : {};
  return `Message: ${String(fault.message ?? 'Unknown')}, Code: ${String(fault.code ?? 'Unknown')}`;
}
