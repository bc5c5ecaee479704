/** The compute service as the mini-cloud takes it in: URLs, faults, the flavors and the keypair that are there from the start. */
import type { Problem, ApiRequest, Answer } from '@hearth/http-kit';
import { computeHeaders } from '../answer-headers.ts';
import { simulatedStorage, type StorageSchedule } from '../cinder/schedule.ts';
import { serverRoutes } from '../control/server-routes.ts';
import type { ComputeDriver } from '../drivers/driver.ts';
import { novaFault } from '../faults/nova-fault.ts';
import type { Service, ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { adoptGuests } from './adopt-guests.ts';
import { ensureFlavor } from './flavors.ts';
import { glanceImages } from './glance-images.ts';
import { ensureKeypair } from './keypairs.ts';
import { askedVersion, versionHeaders } from './microversions.ts';
import { computeRoutes } from './routes.ts';
import type { ComputeParts } from './servers.ts';

export function computeService(driver: ComputeDriver, storage: StorageSchedule = simulatedStorage()): Service {
  let adopting: Promise<void> = Promise.resolve();
  const partsIn = (context: ServiceContext): ComputeParts => ({
    context,
    driver: context.steering.guests(driver),
    storage: context.steering.storage(storage),
    images: glanceImages(() => context.random.uuid()),
  });
  return {
    type: 'compute',
    name: 'nova',
    prefixes: ['/compute'],
    catalogPath: '/compute/v2.1',
    fault,
    finish: computeHeaders,
    routes(context) {
      const parts = partsIn(context);
      // Routes are asked for once, when everything is seeded.
      adopting = adoptGuests(parts);
      return computeRoutes(parts);
    },
    controlRoutes: (context) => serverRoutes(partsIn(context)),
    seed,
    async close() {
      await adopting;
      await driver.close();
    },
    // User data alone may be 64 KiB.
    maxBodyBytes: 512 * 1024,
  };
}

function fault(problem: Problem, request: ApiRequest): Answer {
  const answer = novaFault(problem, request);
  const asked = askedVersion(request);
  return asked.kind === 'known' ? { ...answer, headers: { ...versionHeaders(asked.minor), ...answer.headers } } : answer;
}

async function seed(tx: CloudStore, context: ServiceContext): Promise<void> {
  // Claimed for good, so that what a user deletes does not come back with the next start.
  if (!(await tx.claims.take('nova.seed', 'flavors and keypair', 'seed'))) return;
  await ensureFlavor(tx, context, 'm1.tiny', { ramMb: 64, vcpus: 1, diskGb: 1 });
  await ensureFlavor(tx, context, 'm1.small', { ramMb: 128, vcpus: 1, diskGb: 1 });
  await ensureFlavor(tx, context, 'm1.medium', { ramMb: 256, vcpus: 2, diskGb: 2 });
  const demo = context.facts.userIds.demo;
  if (demo !== undefined) await ensureKeypair(tx, demo, 'testkey', context.clock.now());
}
