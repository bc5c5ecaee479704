/** A resource's metadata as users and guests see it. */
import type { JsonObject } from '@hearth/kernel';
import { listSignals, type Queryable, type ResourceRecord } from '@hearth/store';
import type { StackPorts } from './ports.ts';

/** What the template says and what the signals have added. */
export async function metadataOf(ports: StackPorts, db: Queryable, row: ResourceRecord): Promise<JsonObject> {
  const ofSignals = ports.registry.get(row.handler)?.signals?.metadata;
  if (ofSignals === undefined) return row.metadata;
  return { ...row.metadata, ...ofSignals(await listSignals(db, ports.secretBox, row.id)) };
}
