/** @hearth/store/testing: what tests of this package and of others that use its database or implement its ports share. */
export { appendEvent } from '../queries/append-event.ts';
export { cutConnections } from './cut-connections.ts';
export { cloneDatabase, dropDatabase } from './template-database.ts';
export { engineStoreContract } from './engine-store-contract.ts';
export type { EngineStoreHarness, TestRunner } from './engine-store-suite.ts';
export { newHolderId, sampleCredential, sampleDefinition, sampleEvent, sampleResource, sampleStack } from './sample-records.ts';
export { leftoverRows } from './leftover-rows.ts';
