/** What exists, by service and collection, without what was there from the start and without the services' own notes. Pure but for the reading. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { isGone as isStorageGone, type Passing } from '../cinder/machine.ts';
import type { StoredThing } from '../store/inventory.ts';
import { invalid } from './read-fields.ts';
import { serviceOfCollection, type CloudService } from './service-names.ts';

export type ListedThing = {
  readonly service: CloudService;
  readonly collection: string;
  readonly id: string;
  readonly name: string | null;
  readonly project: string | null;
  readonly created: string;
  /** By which whoever made it finds it again; null: none. */
  readonly mark: string | null;
};

const MOST = 200_000;

/** Notes of the services that no user has made: they come and go with other things, or stay for good. */
const NOTES: ReadonlySet<string> = new Set([
  'control.behaviours',
  'keystone.assignments',
  'keystone.memberships',
  'keystone.revocations',
  'nova.quotas',
  'neutron.quotas',
  'cinder.quotas',
  'octavia.quotas',
  'nova.console_tokens',
  'glance.tasks',
  'swift.accounts',
]);

/** `defaultGroups`: ids of the security groups that every project gets. */
export async function inventory(
  things: AsyncIterable<StoredThing>,
  defaultGroups: ReadonlySet<string>,
  nowMs: number,
): Promise<readonly ListedThing[]> {
  const listed: ListedThing[] = [];
  const groupMadeAt = new Map<string, number>();
  let read = 0;
  for await (const thing of things) {
    read++;
    if (read > MOST) throw invalid(`there are more than ${MOST} objects; ask for those of one project`);
    const service = serviceOfCollection(thing.collection);
    if (service === null || NOTES.has(thing.collection) || isGone(service, thing, nowMs)) continue;
    if (isOfDefaultGroup(thing, defaultGroups, groupMadeAt)) continue;
    listed.push({
      service,
      collection: thing.collection.slice(thing.collection.indexOf('.') + 1),
      id: thing.id,
      name: thing.name,
      project: projectOf(thing),
      created: new Date(thing.createdMs).toISOString(),
      mark: markOf(thing.body),
    });
  }
  return listed;
}

/** A default group, and the rules that were made together with it. */
function isOfDefaultGroup(thing: StoredThing, groups: ReadonlySet<string>, madeAt: Map<string, number>): boolean {
  if (thing.collection === 'neutron.security_groups' && groups.has(thing.id)) {
    madeAt.set(thing.id, thing.createdMs);
    return true;
  }
  if (thing.collection !== 'neutron.security_group_rules') return false;
  return madeAt.get(String(thing.body.security_group_id)) === thing.createdMs;
}

/** The object store and the identity service keep it elsewhere; what belongs to users has none. */
function projectOf({ collection, id, projectId, body }: StoredThing): string | null {
  if (projectId !== null) return projectId;
  if (collection.startsWith('swift.')) return id.split('/')[0]?.replace(/^AUTH_/, '') ?? null;
  return typeof body.project_id === 'string' ? body.project_id : null;
}

/** Things stay stored for a while after their time. */
function isGone(service: CloudService, { body }: StoredThing, nowMs: number): boolean {
  const passed = (value: Json | undefined): boolean => typeof value === 'number' && value <= nowMs;
  switch (service) {
    case 'compute':
      return passed(body.goneAtMs);
    case 'load-balancer':
      return passed(body.gone_at_ms);
    case 'block-storage':
      return body.passage !== undefined && isStorageGone(body as JsonObject & Passing, nowMs);
    case 'object-store':
      return typeof body.deleteAt === 'number' && body.deleteAt * 1000 <= nowMs;
    default:
      return false;
  }
}

function markOf(body: JsonObject): string | null {
  const places = [body.metadata, body.extra, body.meta, body];
  for (const place of places) {
    const mark = isJsonObject(place ?? null)
      ? ((place as JsonObject).hearth_resource ?? (place as JsonObject)['hearth-resource'])
      : undefined;
    if (typeof mark === 'string') return mark;
  }
  const tag = Array.isArray(body.tags) ? body.tags.find((one) => typeof one === 'string' && one.startsWith('hearth:')) : undefined;
  if (typeof tag === 'string') return tag.slice('hearth:'.length);
  return typeof body.description === 'string' && body.description !== '' ? body.description : null;
}

/** How many there are, by service and collection. */
export function counted(things: readonly ListedThing[]): JsonObject {
  const counts: Record<string, Record<string, number>> = {};
  for (const { service, collection } of things) {
    const of = counts[service] ?? {};
    counts[service] = of;
    of[collection] = (of[collection] ?? 0) + 1;
  }
  return counts;
}
