/** Where this package's migrations lie: the mini-cloud's schema. */
import { fileURLToPath } from 'node:url';
import type { MigrationSource } from '@hearth/store';

export const minicloudMigrations = (): MigrationSource => ({
  folder: fileURLToPath(new URL('../migrations', import.meta.url)),
  schema: 'minicloud',
});
