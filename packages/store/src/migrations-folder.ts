/** Where this package's migrations lie: the orchestration schema. */
import { fileURLToPath } from 'node:url';
import type { MigrationSource } from './migrate.ts';

export function orchestrationMigrations(): MigrationSource {
  return { folder: fileURLToPath(new URL('../migrations', import.meta.url)), schema: 'hearth' };
}
