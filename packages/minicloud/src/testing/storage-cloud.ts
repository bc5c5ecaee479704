/** A mini-cloud with block storage, compute, images and networks for tests: exact delays on a clock of their own, and short ways to call. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import { seededRandom, testDatabase, virtualTimers, type VirtualTimers } from '@hearth/testkit';
import { simulatedStorage, type SimulatedStorageOptions } from '../cinder/schedule.ts';
import { blockStorage } from '../cinder/service.ts';
import { createSimulatedDriver, defaultSimulatedOptions } from '../drivers/simulated.ts';
import { glance } from '../glance/service.ts';
import { minicloudMigrations } from '../migrations-folder.ts';
import { networkService } from '../neutron/service.ts';
import { computeService } from '../nova/service.ts';
import { startTestCloud, type TestAnswer, type TestCloud } from './index.ts';

export interface StorageCloud {
  readonly cloud: TestCloud;
  readonly timers: VirtualTimers;
  /** Everything that is under way is done after this. */
  settle(): void;
  /** A call of the block storage below `/v3`, at the newest microversion unless told. */
  cinder(as: string, method: string, path: string, body?: unknown, microversion?: string): Promise<TestAnswer>;
  nova(as: string, method: string, path: string, body?: unknown, microversion?: string): Promise<TestAnswer>;
  /** A new volume's id, once it is there. */
  volume(as: string, wish: JsonObject): Promise<string>;
  server(wish: JsonObject): Promise<string>;
  imageId(): Promise<string>;
  flavorId(): Promise<string>;
  close(): Promise<void>;
}

/** The object under the only key of an answer. */
export function item(answer: TestAnswer): JsonObject {
  const [value] = Object.values(answer.body as JsonObject);
  if (!isJsonObject(value)) throw new TypeError(`no object in ${JSON.stringify(answer.body)}`);
  return value;
}
/** The service's words for what is wrong. */
export const message = (answer: TestAnswer): unknown => item(answer).message;

export async function startStorageCloud(options: Partial<SimulatedStorageOptions> = {}): Promise<StorageCloud> {
  const timers = virtualTimers(Date.UTC(2030, 0, 1));
  const db = await testDatabase({ migrations: [minicloudMigrations()] });
  const schedule = simulatedStorage({ createDelayMs: 1000, deleteDelayMs: 1000, actionDelayMs: 1000, ...options });
  const driver = createSimulatedDriver({ ...defaultSimulatedOptions, buildJitterMs: 0 });
  const services = [glance(), networkService(), computeService(driver, schedule), blockStorage({ schedule })];
  const cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(7), services });
  const settle = (): void => timers.jumpTo(timers.now() + 5000);
  const cinder: StorageCloud['cinder'] = (as, method, path, body, microversion = '3.70') =>
    cloud.call(as, method, `/volume/v3${path}`, body, { 'openstack-api-version': `volume ${microversion}` });
  const nova: StorageCloud['nova'] = (as, method, path, body, microversion = '2.89') =>
    cloud.call(as, method, `/compute/v2.1${path}`, body, { 'openstack-api-version': `compute ${microversion}` });
  const flavorId = async (): Promise<string> => {
    const { flavors } = (await nova('demo', 'GET', '/flavors')).body as { flavors: readonly { id: string; name: string }[] };
    return flavors.find((flavor) => flavor.name === 'm1.tiny')?.id ?? '';
  };
  return {
    cloud,
    timers,
    settle,
    cinder,
    nova,
    flavorId,
    async volume(as, wish) {
      const { id } = item(await cinder(as, 'POST', '/volumes', { volume: wish }));
      settle();
      return String(id);
    },
    async server(wish) {
      const server = { name: 'vs', networks: 'none', flavorRef: await flavorId(), ...wish };
      const { id } = item(await nova('demo', 'POST', '/servers', { server }));
      settle();
      return String(id);
    },
    async imageId() {
      const answer = await cloud.call('demo', 'GET', '/image/v2/images?name=testimage');
      return (answer.body as { images: readonly { id: string }[] }).images[0]?.id ?? '';
    },
    async close() {
      await cloud.close();
      await db.drop();
    },
  };
}
