/** Keypairs: they belong to a user, not to a project. */
import type { JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { isoMicroseconds, pageOf } from './links.ts';
import type { VersionedRoute } from './microversions.ts';
import { collections, stored, type KeypairDocument, type KeypairRecord, type StoredKeypair } from './records.ts';
import { badRequest, bodyUnder, choiceOf, conflict, missing, needed, refuseUnknownKeys, textOf } from './refusals.ts';
import { limitOf, limitsOf, refuseOneMore, tooMany } from './quotas.ts';
import { newSshKeyPair, sshFingerprint } from './ssh-keys.ts';

const keypairId = (userId: string, name: string): string => `${userId}/${name}`;

export const findKeypair = (store: CloudStore, userId: string, name: string): Promise<KeypairDocument | null> =>
  store.documents.get<StoredKeypair>(collections.keypairs, keypairId(userId, name));

/** An administrator may act for another user (from 2.10 on). */
function userOf(request: ApiRequest, minor: number, given?: unknown): string {
  const asked = given ?? (minor >= 10 ? request.query.get('user_id') : null);
  return typeof asked === 'string' && asked !== '' && isAdmin(request.identity) ? asked : request.identity.userId;
}

async function keypairOf(store: CloudStore, request: ApiRequest, minor: number): Promise<KeypairDocument> {
  const userId = userOf(request, minor);
  const name = request.params.name ?? '';
  const keypair = await findKeypair(store, userId, name);
  if (keypair === null) throw missing(`Keypair ${name} not found for user ${userId}`);
  return keypair;
}

const view = (keypair: KeypairDocument, minor: number): JsonObject => ({
  name: keypair.name,
  public_key: keypair.body.publicKey,
  fingerprint: keypair.body.fingerprint,
  ...(minor >= 2 ? { type: keypair.body.type } : {}),
});

function fullView(keypair: KeypairDocument, minor: number): JsonObject {
  const times = { created_at: isoMicroseconds(keypair.createdMs), deleted: false, deleted_at: null, updated_at: null };
  return { ...view(keypair, minor), user_id: keypair.body.userId, id: keypair.seq, ...times };
}

const NAME = /^[\p{L}\p{N} _.@-]{1,255}$/u;

export async function createKeypair(
  tx: CloudStore,
  draft: { name: string; record: KeypairRecord },
  nowMs: number,
): Promise<KeypairDocument> {
  const id = keypairId(draft.record.userId, draft.name);
  const made = await tx.documents.insert<StoredKeypair>(
    collections.keypairs,
    { id, name: draft.name, parentId: draft.record.userId, body: stored(draft.record) },
    nowMs,
  );
  if (made === null) throw conflict(`Key pair '${draft.name}' already exists.`);
  return made;
}

async function created(context: ServiceContext, request: ApiRequest, minor: number): Promise<Answer> {
  const given = bodyUnder(request, 'keypair');
  refuseUnknownKeys(given, 'keypair', ['name', 'public_key', ...(minor >= 2 ? ['type'] : []), ...(minor >= 10 ? ['user_id'] : [])]);
  const name = textOf(needed(given, 'keypair', 'name'), 'name').trim();
  if (!NAME.test(name)) throw badRequest(`Keypair data is invalid: Keypair name contains unsafe characters`);
  const type = given.type === undefined ? 'ssh' : choiceOf(given.type, 'type', ['ssh', 'x509']);
  const userId = userOf(request, minor, given.user_id);
  if (minor >= 92) needed(given, 'keypair', 'public_key');
  const imported = given.public_key === undefined || given.public_key === null ? null : textOf(given.public_key, 'public_key', 16384);
  if (imported === null && type === 'x509')
    throw badRequest('Keypair data is invalid: this cloud makes keys of type ssh only; give a public_key');
  const pair =
    imported === null ? await newSshKeyPair() : { publicKey: imported.trim(), privateKey: null, fingerprint: sshFingerprint(imported) };
  if (pair.fingerprint === null) throw badRequest('Keypair data is invalid: failed to generate fingerprint');
  const record: KeypairRecord = { userId, type, fingerprint: pair.fingerprint, publicKey: pair.publicKey };
  const made = await context.store.transaction(async (tx) => {
    await refuseOneMore(
      tx,
      limitOf(await limitsOf(tx, request.identity.projectId), 'key_pairs'),
      `nova.keypairs:${userId}`,
      () => tx.documents.count(collections.keypairs, [{ field: 'parent_id', in: [userId] }]),
      tooMany.keypairs,
    );
    return createKeypair(tx, { name, record }, context.clock.now());
  });
  const secret = pair.privateKey === null ? {} : { private_key: pair.privateKey };
  return json(minor >= 2 ? 201 : 200, { keypair: { ...view(made, minor), ...secret, user_id: userId } });
}

export function keypairRoutes(context: ServiceContext): readonly VersionedRoute[] {
  const { store } = context;
  return [
    {
      method: 'GET',
      path: '/v2.1/os-keypairs',
      async handle(request, minor) {
        const { limit, marker } = minor >= 35 ? pageOf(request.query) : { limit: null, marker: null };
        const userId = userOf(request, minor);
        const query = { where: [{ field: 'parent_id', in: [userId] }], sort: [{ field: 'name', direction: 'asc' as const }], limit };
        const found = await store.documents.list<StoredKeypair>(collections.keypairs, {
          ...query,
          marker: marker === null ? null : keypairId(userId, marker),
        });
        return json(200, { keypairs: found.map((keypair) => ({ keypair: view(keypair, minor) })) });
      },
    },
    { method: 'POST', path: '/v2.1/os-keypairs', handle: (request, minor) => created(context, request, minor) },
    {
      method: 'GET',
      path: '/v2.1/os-keypairs/:name',
      handle: async (request, minor) => json(200, { keypair: fullView(await keypairOf(store, request, minor), minor) }),
    },
    {
      method: 'DELETE',
      path: '/v2.1/os-keypairs/:name',
      async handle(request, minor) {
        const keypair = await keypairOf(store, request, minor);
        await store.documents.remove(collections.keypairs, keypair.id);
        return empty(minor >= 2 ? 204 : 202);
      },
    },
  ];
}

/** For a seed: a keypair nobody holds the private half of, made unless it is there. */
export async function ensureKeypair(tx: CloudStore, userId: string, name: string, nowMs: number): Promise<void> {
  if ((await findKeypair(tx, userId, name)) !== null) return;
  const pair = await newSshKeyPair();
  await createKeypair(tx, { name, record: { userId, type: 'ssh', fingerprint: pair.fingerprint, publicKey: pair.publicKey } }, nowMs);
}
