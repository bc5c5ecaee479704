/** Test doubles of the engine's ports. */
export { memoryStore, type MemoryStore } from './memory-store.ts';
