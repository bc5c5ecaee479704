/** Keypairs: they belong to a user, not to a project. */
import type { JsonObject } from '@hearth/kernel';
import { empty, json, pageLink, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { isoMicroseconds, pageOf } from './links.ts';
import type { VersionedRoute } from './microversions.ts';
import { collections, stored, type KeypairDocument, type KeypairRecord, type StoredKeypair } from './records.ts';
import { badRequest, bodyUnder, choiceOf, conflict, missing, needAdmin, needed, refuseUnknownKeys, textOf } from './refusals.ts';
import { limitOf, limitsOf, refuseOneMore, tooMany } from './quotas.ts';
import { newSshKeyPair, sshFingerprint, x509Fingerprint } from './ssh-keys.ts';

const keypairId = (userId: string, name: string): string => `${userId}/${name}`;

export const findKeypair = (store: CloudStore, userId: string, name: string): Promise<KeypairDocument | null> =>
  store.documents.get<StoredKeypair>(collections.keypairs, keypairId(userId, name));

/** An administrator may act for another user (from 2.10 on). */
function userOf(request: ApiRequest, minor: number, policy: string, given?: unknown): string {
  const asked = given ?? (minor >= 10 ? request.query.get('user_id') : null);
  if (typeof asked !== 'string' || asked === '' || asked === request.identity.userId) return request.identity.userId;
  needAdmin(request.identity, `os-keypairs:${policy}`);
  return asked;
}

async function keypairOf(store: CloudStore, request: ApiRequest, minor: number, policy: string): Promise<KeypairDocument> {
  const userId = userOf(request, minor, policy);
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

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Dots and at signs came with 2.92. */
function refuseOddName(name: string, minor: number): void {
  const [pattern, signs] = minor >= 92 ? [/^[A-Za-z0-9 _.@-]+$/, '_-@. '] : [/^[A-Za-z0-9 _-]+$/, '_- '];
  if (!pattern.test(name) || name !== name.trim())
    throw badRequest(`An invalid 'name' value was provided. The name must be: Only expected characters: [${signs}${LETTERS}]`);
}

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
  const name = textOf(needed(given, 'keypair', 'name'), 'name');
  refuseOddName(name, minor);
  const type = given.type === undefined ? 'ssh' : choiceOf(given.type, 'type', ['ssh', 'x509']);
  const userId = userOf(request, minor, 'create', given.user_id);
  if (minor >= 92) needed(given, 'keypair', 'public_key');
  const imported = given.public_key === undefined || given.public_key === null ? null : textOf(given.public_key, 'public_key', 16384);
  if (imported === null && type === 'x509')
    throw badRequest('Keypair data is invalid: this cloud makes keys of type ssh only; give a public_key');
  const pair =
    imported === null
      ? await newSshKeyPair()
      : {
          publicKey: imported.trim(),
          privateKey: null,
          fingerprint: type === 'ssh' ? sshFingerprint(imported) : x509Fingerprint(imported),
        };
  if (pair.fingerprint === null)
    throw badRequest(
      type === 'ssh'
        ? 'Keypair data is invalid: failed to generate fingerprint'
        : 'Keypair data is invalid: failed to generate X509 fingerprint. Error message: Unable to load PEM file.',
    );
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
        const userId = userOf(request, minor, 'index');
        if (marker !== null && (await findKeypair(store, userId, marker)) === null)
          throw badRequest(`Marker ${marker} could not be found.`);
        const found = await store.documents.list<StoredKeypair>(collections.keypairs, {
          where: [{ field: 'parent_id', is: userId }],
          sort: [{ field: 'name', direction: 'asc' }],
          limit,
          marker: marker === null ? null : keypairId(userId, marker),
        });
        const isMore = limit !== null && request.query.has('limit') && found.length === limit && found.length > 0;
        const links = isMore ? { keypairs_links: [{ rel: 'next', href: pageLink(request, { marker: found.at(-1)?.name ?? '' }) }] } : {};
        return json(200, { keypairs: found.map((keypair) => ({ keypair: view(keypair, minor) })), ...links });
      },
    },
    { method: 'POST', path: '/v2.1/os-keypairs', handle: (request, minor) => created(context, request, minor) },
    {
      method: 'GET',
      path: '/v2.1/os-keypairs/:name',
      handle: async (request, minor) => json(200, { keypair: fullView(await keypairOf(store, request, minor, 'show'), minor) }),
    },
    {
      method: 'DELETE',
      path: '/v2.1/os-keypairs/:name',
      async handle(request, minor) {
        const keypair = await keypairOf(store, request, minor, 'delete');
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
