/** Volume types: which there are, which a project may use, and the ones that are there from the start. */
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { collections, type Stored, type TypeDocument, type TypeRecord } from './records.ts';
import { missing } from './refusals.ts';

/** The type of volumes that name none. */
export const DEFAULT_TYPE = 'fake';
export const BACKEND = 'fake';

/** Newest first, as the service lists them. */
export async function allTypes(store: CloudStore): Promise<readonly TypeDocument[]> {
  return store.documents.list<Stored<TypeRecord>>(collections.types, { sort: [{ field: 'created_at', direction: 'desc' }] });
}

export const mayUse = (type: TypeDocument, identity: Identity): boolean =>
  type.body.isPublic || isAdmin(identity) || (identity.projectId !== null && type.body.projects.includes(identity.projectId));

export function typeNamed(types: readonly TypeDocument[], nameOrId: string, identity: Identity): TypeDocument {
  const usable = types.filter((type) => mayUse(type, identity));
  const found = usable.find((type) => type.id === nameOrId) ?? usable.find((type) => type.name === nameOrId);
  if (found === undefined) throw missing(`Volume type with name ${nameOrId} could not be found.`);
  return found;
}

export function defaultType(types: readonly TypeDocument[]): TypeDocument {
  const found = types.find((type) => type.name === DEFAULT_TYPE) ?? types.find((type) => type.name === '__DEFAULT__') ?? types[0];
  if (found === undefined) throw missing('Default volume type can not be found.');
  return found;
}

/** `<is> True` in the extra specs, as Cinder reads it. */
export const isMultiattach = (type: TypeDocument): boolean => /^<is>\s*true$/i.test(type.body.extraSpecs.multiattach ?? '');

export async function seedTypes(tx: CloudStore, context: ServiceContext): Promise<void> {
  // Claimed for good, so that what an administrator deletes does not come back with the next start.
  if (!(await tx.claims.take('cinder.seed', 'volume types', 'seed'))) return;
  const nowMs = context.clock.now();
  const plain: TypeRecord = { description: null, isPublic: true, extraSpecs: {}, qosId: null, projects: [], encryption: null };
  const seeds: readonly (readonly [string, TypeRecord])[] = [
    ['__DEFAULT__', { ...plain, description: 'Default Volume Type' }],
    [DEFAULT_TYPE, { ...plain, extraSpecs: { volume_backend_name: BACKEND } }],
  ];
  for (const [name, record] of seeds) {
    await tx.claims.take('cinder.type-names', name, name);
    await tx.documents.insert<Stored<TypeRecord>>(
      collections.types,
      { id: context.random.uuid(), name, body: record as Stored<TypeRecord> },
      nowMs,
    );
  }
}
