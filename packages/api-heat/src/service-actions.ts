/** `GET /services`: the engine processes, as `openstack orchestration service list` shows them. */
import { json } from '@hearth/http-kit';
import type { JsonObject } from '@hearth/kernel';
import type { EngineProcess } from '@hearth/stacks';
import type { Action } from './action.ts';

export const SERVICE_ACTIONS: readonly Action[] = [
  {
    method: 'GET',
    path: '/services',
    persona: 'admin',
    rule: 'service:index',
    handle: async ({ caller, stacks }) => json(200, { services: (await stacks.listEngineProcesses(caller)).map(shownService) }),
  },
];

/** What Heat reports; clients that judge by the time themselves then have patience. Ours are heard of about once a second. */
const REPORT_INTERVAL_S = 60;

const shownService = ({ id, hostname, startedAt, seenAt, isAlive }: EngineProcess): JsonObject => ({
  id,
  binary: 'heat-engine',
  engine_id: id,
  host: hostname,
  hostname,
  topic: 'engine',
  report_interval: REPORT_INTERVAL_S,
  created_at: longTime(startedAt),
  updated_at: longTime(seenAt),
  deleted_at: null,
  status: isAlive ? 'up' : 'down',
});

/** With microseconds and without a zone, here only. */
const longTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000`;
