/** What reading one HOT document shares: its version, the functions of that version, and the problems found. */
import type { Problems } from '../definition/problems.ts';
import type { FunctionTable } from '../functions/contract.ts';
import type { HotVersion } from './versions.ts';

export interface HotContext {
  readonly version: HotVersion;
  readonly table: FunctionTable;
  readonly problems: Problems;
}
