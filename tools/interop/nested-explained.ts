/** Differences between Heat's nested stacks and ours that are meant, each with its reason; docs/compatibility.md tells them. */
import type { Meant } from './nested-compare.ts';

export const meantNested: readonly Meant[] = [];
