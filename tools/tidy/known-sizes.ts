/** What is longer than the line and may stay (`path` for a file, `path name` for a function). It only ever gets shorter. */
import type { KnownSizes } from './function-sizes.ts';

export const KNOWN_SIZES: KnownSizes = [
  'packages/minicloud/src/nova/flavors.ts flavorRoutes',
  'packages/minicloud/src/store/documents.ts documentsIn',
  'packages/leases/src/holder.ts startHolder',
  'packages/leases/src/run-due-rows.ts runDueRows',
  'tools/stock-client/stack-transcript.ts a function',
];
