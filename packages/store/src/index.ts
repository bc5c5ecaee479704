/** @hearth/store: the database. SQL lives here and nowhere else. */
export type {
  CredentialRecord,
  DefinitionRecord,
  EventRecord,
  NewEvent,
  ResourceAction,
  ResourceRecord,
  StackAction,
  StackRecord,
  Status,
} from './records.ts';
export type { Database, Queryable, Statement } from './database.ts';
export type { Claim, CommitResult, EngineBatch, EngineStore, Fence, StackPatch, StackSnapshot } from './engine-store.ts';
