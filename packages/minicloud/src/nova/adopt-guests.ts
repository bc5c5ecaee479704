/** At start: tells a driver that keeps guests outside the database which ones there should be, and what was under way. */
import { messageOf } from '@hearth/kernel';
import { portsOfDevices, type Port } from '../neutron/ports.ts';
import { stateAt } from './machine.ts';
import { collections, type ServerDocument, type StoredServer } from './records.ts';
import { isGone } from './server-life.ts';
import { guestOf, performed, reportsTo, type ComputeParts } from './servers.ts';
import { userDataOf } from './user-data.ts';

const PAGE = 200;

/** Never throws: a cloud whose driver cannot look at its guests still answers. */
export async function adoptGuests(parts: ComputeParts): Promise<void> {
  if (!parts.driver.keepsGuests) return;
  try {
    const servers = await livingServers(parts);
    const wanted = servers.filter(({ server }) => stateAt(server.body.state, parts.context.clock.now()).transition?.deed !== 'destroy');
    const guests = [];
    for (const { server, ports } of wanted) {
      const userData = parts.driver.readsUserData ? await userDataOf(parts.context.store, server) : null;
      guests.push(guestOf(server, ports, userData));
    }
    await parts.driver.adopt(guests, reportsTo(parts));
    for (const { server, ports } of servers) {
      const { transition } = stateAt(server.body.state, parts.context.clock.now());
      if (transition !== null && transition.doneAtMs === null) await performed(parts, transition.deed, server, ports);
    }
  } catch (error) {
    parts.context.log.error('guests.adoption-failed', { reason: messageOf(error) });
  }
}

async function livingServers(parts: ComputeParts): Promise<readonly { server: ServerDocument; ports: readonly Port[] }[]> {
  const { store, clock } = parts.context;
  const living: { server: ServerDocument; ports: readonly Port[] }[] = [];
  for (let marker: string | null = null; ; ) {
    const page: readonly ServerDocument[] = await store.documents.list<StoredServer>(collections.servers, { limit: PAGE, marker });
    const present = page.filter((server) => !isGone(server, clock.now()));
    const ports =
      present.length === 0
        ? []
        : await portsOfDevices(
            store,
            present.map((server) => server.id),
          );
    for (const server of present) living.push({ server, ports: ports.filter((port) => port.body.device_id === server.id) });
    marker = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return living;
  }
}
