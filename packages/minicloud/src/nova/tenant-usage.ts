/** GET /os-simple-tenant-usage: hours of servers in a period, by project. Servers that are gone count as long as they are remembered. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { isAdmin, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { stateAt } from './machine.ts';
import type { VersionedRoute } from './microversions.ts';
import { collections, type ServerDocument, type StoredServer } from './records.ts';
import { badRequest, needAdmin } from './refusals.ts';
import type { ComputeParts } from './servers.ts';

const HOUR_MS = 3_600_000;

interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

export const usageRoutes = (parts: ComputeParts): readonly VersionedRoute[] => [
  {
    method: 'GET',
    path: '/v2.1/os-simple-tenant-usage',
    async handle(request) {
      needAdmin(request.identity, 'os-simple-tenant-usage:list');
      const period = periodOf(request, parts.context.clock.now());
      const usages = await usagesIn(parts, period, null);
      const isDetailed = request.query.get('detailed') === '1';
      const shown = usages.map(({ server_usages: servers, ...summary }) => (isDetailed ? { ...summary, server_usages: servers } : summary));
      return json(200, { tenant_usages: shown });
    },
  },
  { method: 'GET', path: '/v2.1/os-simple-tenant-usage/:id', handle: (request) => shownFor(parts, request) },
];

async function shownFor(parts: ComputeParts, request: ApiRequest): Promise<Answer> {
  const id = request.params.id ?? '';
  if (!isAdmin(request.identity) && id !== request.identity.projectId)
    throw new Refusal(
      'forbidden',
      'PolicyNotAuthorized',
      "Policy doesn't allow os_compute_api:os-simple-tenant-usage:show to be performed.",
    );
  const [usage] = await usagesIn(parts, periodOf(request, parts.context.clock.now()), id);
  return json(200, { tenant_usage: usage ?? {} });
}

const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?$/;

function periodOf(request: ApiRequest, nowMs: number): Period {
  const timeOf = (name: string): number => {
    const text = request.query.get(name);
    if (text === null || text === '') return nowMs;
    const ms = TIME.test(text) ? Date.parse(`${text.replace(' ', 'T').slice(0, 23)}Z`) : Number.NaN;
    if (Number.isNaN(ms)) throw badRequest('Invalid datetime string: Datetime is in invalid format');
    return ms;
  };
  const startMs = timeOf('start');
  const endMs = timeOf('end');
  if (startMs >= endMs && request.query.has('start'))
    throw badRequest('Invalid start time. The start time cannot occur after the end time.');
  return { startMs, endMs: Math.min(endMs, nowMs) };
}

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 23).replace('Z', '').concat('000');

async function usagesIn(parts: ComputeParts, period: Period, projectId: string | null): Promise<readonly JsonObject[]> {
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  const where = projectId === null ? [] : [{ field: 'project_id', is: projectId }];
  const servers = await store.documents.list<StoredServer>(collections.servers, { where, without: ['actions', 'metadata', 'publicKey'] });
  const byProject = new Map<string, JsonObject[]>();
  for (const server of servers) {
    const usage = serverUsage(server, period, nowMs);
    if (usage === null) continue;
    const project = server.projectId ?? '';
    const list = byProject.get(project) ?? [];
    list.push(usage);
    byProject.set(project, list);
  }
  return [...byProject].map(([project, usages]) => {
    const total = (of: (usage: JsonObject) => number): number => usages.reduce((sum, usage) => sum + of(usage), 0);
    return {
      tenant_id: project,
      server_usages: usages,
      total_local_gb_usage: total((usage) => Number(usage.local_gb) * Number(usage.hours)),
      total_vcpus_usage: total((usage) => Number(usage.vcpus) * Number(usage.hours)),
      total_memory_mb_usage: total((usage) => Number(usage.memory_mb) * Number(usage.hours)),
      total_hours: total((usage) => Number(usage.hours)),
      start: stamp(period.startMs),
      stop: stamp(period.endMs),
    };
  });
}

/** Null: it was not up in the period. */
function serverUsage(server: ServerDocument, period: Period, nowMs: number): JsonObject | null {
  const state = stateAt(server.body.state, nowMs);
  const { launchedAtMs, terminatedAtMs, flavor } = state;
  if (launchedAtMs === null || launchedAtMs > period.endMs) return null;
  if (terminatedAtMs !== null && terminatedAtMs < period.startMs) return null;
  const untilMs = Math.min(terminatedAtMs ?? period.endMs, period.endMs);
  return {
    hours: Math.max(0, untilMs - Math.max(launchedAtMs, period.startMs)) / HOUR_MS,
    flavor: flavor.name,
    instance_id: server.id,
    name: server.name,
    tenant_id: server.projectId,
    memory_mb: flavor.ramMb,
    local_gb: flavor.diskGb + flavor.ephemeralGb,
    vcpus: flavor.vcpus,
    started_at: stamp(launchedAtMs),
    ended_at: terminatedAtMs === null ? null : stamp(terminatedAtMs),
    state: terminatedAtMs === null ? state.vmState : 'terminated',
    uptime: Math.floor(((terminatedAtMs ?? nowMs) - launchedAtMs) / 1000),
  };
}
