/** Whether a server still is there. */
import type { ServerDocument } from './records.ts';

export const isGone = (server: ServerDocument, nowMs: number): boolean => server.body.goneAtMs !== null && server.body.goneAtMs <= nowMs;
