/** Having everything in a stack looked at, and waiting for it. */
import type { DriftClient, DriftReport } from '@hearth/client';
import type { Console } from '../../console.ts';
import { systemTimers } from '../../system-timers.ts';

const LOOK_EVERY_MS = 300;

/** Until everything that was asked for was looked at, or the user has had enough. */
export async function untilLooked(drift: DriftClient, stack: string, console: Console): Promise<DriftReport> {
  for (;;) {
    const report = await drift.report(stack);
    if (report.isComplete || console.cancel.aborted) return report;
    await systemTimers.sleep(LOOK_EVERY_MS);
  }
}
