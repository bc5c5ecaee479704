/** At the start, a driver with guests of its own is told which there should be, and what was under way is done anew. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { builtInServices } from '../built-in-services.ts';
import type { ComputeDriver, GuestDeed } from '../drivers/driver.ts';
import { createSimulatedDriver } from '../drivers/simulated.ts';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestCloud } from '../testing/index.ts';

const timers = virtualTimers(1_800_000_000_000);
let place: TestDatabase;
beforeAll(async () => {
  place = await testDatabase({ migrations: [minicloudMigrations()], poolSize: 8 });
});
afterAll(() => place.drop());

/** Reports nothing by itself, and writes down what it was told. */
function guestDriver(): { driver: ComputeDriver; adopted: string[][]; performed: [GuestDeed, string, string | null][] } {
  const adopted: string[][] = [];
  const performed: [GuestDeed, string, string | null][] = [];
  const driver: ComputeDriver = {
    ...createSimulatedDriver(),
    keepsGuests: true,
    readsUserData: true,
    schedule: () => ({ doneAtMs: null, fault: null }),
    perform: (deed, guest) => {
      performed.push([deed, guest.name, guest.userData]);
      return Promise.resolve();
    },
    adopt: (guests) => {
      adopted.push(guests.map((guest) => guest.name).toSorted());
      return Promise.resolve();
    },
  };
  return { driver, adopted, performed };
}

async function started(driver: ComputeDriver): Promise<TestCloud> {
  return startTestCloud({
    database: place.database,
    timers,
    random: seededRandom(`adopt ${timers.now()}`),
    services: builtInServices({ driver }),
  });
}

test('guests are adopted, deeds without an end are performed again, with their user data', async () => {
  const first = guestDriver();
  const before = await started(first.driver);
  const compute = (method: string, path: string, body?: unknown) =>
    before.call('demo', method, `/compute/v2.1${path}`, body, { 'openstack-api-version': 'compute 2.37' });
  const found = (await before.call('demo', 'GET', '/image/v2/images?name=testimage')).body as { images: readonly { id: string }[] };
  const flavors = (await compute('GET', '/flavors')).body as { flavors: readonly { id: string }[] };
  const wish = { imageRef: found.images[0]?.id, flavorRef: flavors.flavors[0]?.id, networks: 'none', user_data: 'aGVsbG8=' };
  const made: string[] = [];
  for (const name of ['building', 'leaving']) {
    const answer = await compute('POST', '/servers', { server: { ...wish, name } });
    made.push((answer.body as { server: { id: string } }).server.id);
  }
  expect((await compute('DELETE', `/servers/${made[1] ?? ''}`)).status).toBe(204);
  await before.close();
  expect(first.adopted).toEqual([[]]);

  timers.jumpTo(timers.now() + 1000);
  const second = guestDriver();
  const after = await started(second.driver);
  // Closing waits for the adoption.
  await after.close();
  expect(second.adopted).toEqual([['building']]);
  expect(second.performed.toSorted((a, b) => a[1].localeCompare(b[1]))).toEqual([
    ['spawn', 'building', 'aGVsbG8='],
    ['destroy', 'leaving', null],
  ]);
});
