/** @hearth/minicloud: a small cloud with the protocols of Keystone, Glance, Nova and Neutron. Reached by HTTP only. */
export { startMinicloud, type Minicloud, type MinicloudOptions } from './start.ts';
export { builtInServices, type ComputeOptions } from './built-in-services.ts';
export { createSimulatedDriver, defaultSimulatedOptions, type SimulatedDriverOptions } from './drivers/simulated.ts';
export type {
  ComputeDriver,
  GuestDeed,
  GuestDisk,
  GuestPort,
  GuestReports,
  GuestSpec,
  HostCapacity,
  Schedule,
  ScheduledGuest,
} from './drivers/driver.ts';
export { blockStorage, type BlockStorageOptions } from './cinder/service.ts';
export {
  defaultStorageOptions,
  simulatedStorage,
  type SimulatedStorageOptions,
  type StorageDeed,
  type StorageObject,
  type StorageSchedule,
} from './cinder/schedule.ts';
export { minicloudMigrations } from './migrations-folder.ts';
export type { CatalogEntry, SeedPasswords } from './keystone/seed.ts';
export type { Facts, Service, ServiceContext } from './service.ts';
export {
  fixedSchedule,
  type BalancerDeed,
  type BalancerSchedule,
  type BalancerScheduler,
  type ScheduledBalancer,
} from './octavia/schedule.ts';
export type { BalancerOptions } from './octavia/service.ts';
