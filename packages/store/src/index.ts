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
export { connectionFromUrl, connectionText, withDatabase, type Connection } from './connection.ts';
export { openDatabase, type OpenDatabaseOptions } from './open-database.ts';
export { sqlState } from './postgres/connection-failure.ts';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './postgres/embedded.ts';
export { migrate, type MigrationSource } from './migrate.ts';
export { orchestrationMigrations } from './migrations-folder.ts';
export { createSecretBox, loadOrCreateKey, openSecretBox, type KeySource, type SecretBox } from './secret-box.ts';
export { readSetting, settleSetting, writeSetting } from './setting.ts';
