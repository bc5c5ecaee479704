/** Ports that services make for themselves: routers' interfaces and gateways, floating IPs' reservations, load balancers' virtual addresses. */
import type { JsonObject, Random } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { networkMissing, type Network } from './networks.ts';
import { collections, type NetworkBody, type PortBody } from './objects.ts';
import { changeAddresses, createPort, madePortDefaults, portMissing, type Port } from './ports.ts';

/** A port that a service makes for itself: a router's, a floating IP's, a load balancer's virtual address. */
export interface ServicePortDraft {
  /** Read with `{ lock: 'share' }` in this transaction. */
  readonly network: Network;
  /** Who sees it and pays for it; '' is nobody but administrators. */
  readonly projectId: string;
  readonly deviceId: string;
  readonly deviceOwner: string;
  readonly name?: string;
  /** Entries name a subnet, an address or both; absent: one address of each IP version. */
  readonly fixedIps?: readonly JsonObject[];
  readonly onlyIpVersion?: 4 | 6;
  /** Ids of existing groups; port security is on exactly when they are given. */
  readonly groupIds?: readonly string[];
  readonly adminStateUp?: boolean;
  readonly isActive: boolean;
}

export async function createServicePort(
  tx: CloudStore,
  draft: ServicePortDraft,
  by: { readonly identity: Identity; readonly nowMs: number; readonly random: Random },
): Promise<Port> {
  const { network, projectId, deviceId, deviceOwner, fixedIps, groupIds, onlyIpVersion, isActive } = draft;
  const values: JsonObject = {
    ...madePortDefaults,
    name: draft.name ?? '',
    admin_state_up: draft.adminStateUp ?? true,
    device_id: deviceId,
    device_owner: deviceOwner,
    'binding:host_id': '',
    dns_name: '',
    security_groups: groupIds ?? [],
    port_security_enabled: groupIds !== undefined,
    ...(fixedIps === undefined ? {} : { fixed_ips: fixedIps }),
  };
  const port = {
    wanted: { projectId, values },
    network,
    binding: { activeAtMs: isActive ? by.nowMs : null, isMadeByCompute: false },
    identity: by.identity,
    ...(onlyIpVersion === undefined ? {} : { onlyIpVersion }),
  };
  return createPort(tx, port, { id: by.random.uuid(), nowMs: by.nowMs }, by.random);
}

/** Gives a service's port exactly these addresses. */
export async function moveServicePort(
  tx: CloudStore,
  portId: string,
  wished: readonly JsonObject[],
  by: { readonly nowMs: number; readonly random: Random },
): Promise<Port> {
  const port = await tx.documents.get<PortBody>(collections.ports, portId, { lock: true });
  if (port === null) throw portMissing(portId);
  const network = await tx.documents.get<NetworkBody>(collections.networks, port.body.network_id, { lock: 'share' });
  if (network === null) throw networkMissing(port.body.network_id);
  const fixed = await changeAddresses(tx, port, { network, macAddress: port.body.mac_address, wished }, by.random);
  const done = await tx.documents.replace<PortBody>(
    collections.ports,
    { id: portId, body: { ...port.body, fixed_ips: fixed } as PortBody },
    by.nowMs,
  );
  if (done === null) throw portMissing(portId);
  return done;
}
