/** The program's version, as `build info` shows it. */
import { readFileSync } from 'node:fs';

export const REVISION = (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
