/** @hearth/resource-kit/testing: what every resource type must keep, as generated cases. */
export { resourceContract, type ContractCase, type ContractOptions, type Interference } from './resource-contract.ts';
export { Drive, Killed, killedAfter, type DriveOptions, type Reach, type Row } from './drive.ts';
export { memoryConfigShelf, type MemoryConfigShelf } from './memory-config-shelf.ts';
export { propertyMessages, type GivenProperties, type PropertyRows } from './property-messages.ts';
export { schemaDifferences, type PropertyFacts, type TypeFacts } from './schema-differences.ts';
