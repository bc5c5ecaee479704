/** What tests of this package and of others that implement or use its ports share. */
export { engineStoreContract, type EngineStoreHarness } from './engine-store-contract.ts';
export { newHolderId, sampleCredential, sampleDefinition, sampleEvent, sampleResource, sampleStack } from './sample-records.ts';
export { cloneDatabase, dropDatabase } from './template-database.ts';
export { leftoverRows } from './leftover-rows.ts';
