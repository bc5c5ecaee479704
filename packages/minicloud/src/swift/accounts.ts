/** Accounts: one for each project, there as soon as somebody asks; their metadata and their containers. */
import { empty, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { listed, entriesOf } from './listing.ts';
import { readListing } from './list-query.ts';
import { mergedMetadata, metadataHeaders, sentMetadata } from './metadata.ts';
import type { SwiftPath } from './path.ts';
import { ACCOUNTS, CONTAINERS, listedDate, timestamp, type Account, type AccountBody, type ContainerBody } from './state.ts';

export async function ensureAccount(tx: CloudStore, context: ServiceContext, id: string): Promise<void> {
  await tx.documents.insert<AccountBody>(ACCOUNTS, { id, body: { meta: {} } }, context.clock.now());
}

export async function changeAccount(context: ServiceContext, request: ApiRequest, path: SwiftPath): Promise<Answer> {
  const sent = sentMetadata(request, 'account');
  await context.store.transaction(async (tx) => {
    await ensureAccount(tx, context, path.account);
    const account = await tx.documents.get<AccountBody>(ACCOUNTS, path.account, { lock: true });
    const meta = mergedMetadata(account?.body.meta ?? {}, sent);
    await tx.documents.replace<AccountBody>(ACCOUNTS, { id: path.account, body: { meta } }, context.clock.now());
  });
  return empty(204);
}

export async function showAccount(context: ServiceContext, request: ApiRequest, path: SwiftPath): Promise<Answer> {
  const { store } = context;
  const listing = readListing(request);
  const account = await store.documents.get<AccountBody>(ACCOUNTS, path.account);
  const domain = request.identityOrNull?.projectDomainId ?? null;
  const headers = {
    ...(await accountHeaders(context, path.account, account)),
    ...(account === null || domain === null ? {} : { 'X-Account-Project-Domain-Id': domain }),
  };
  // One that nobody has changed yet is not there; Swift makes up its answer, with another status.
  if (request.method === 'HEAD') return empty(account === null ? 200 : 204, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' });
  const entries = await entriesOf<ContainerBody>(store, CONTAINERS, path.account, listing);
  const views = entries.map((entry) =>
    'subdir' in entry
      ? { subdir: entry.subdir }
      : {
          name: entry.name,
          count: entry.found.body.count,
          bytes: entry.found.body.bytes,
          last_modified: listedDate(entry.found.body.changedMs),
        },
  );
  return listed(listing, headers, views, { whole: ['account', path.account], item: 'container' });
}

async function accountHeaders(context: ServiceContext, id: string, account: Account | null): Promise<Record<string, string>> {
  const where = [{ field: 'parent_id', in: [id] }];
  const objects = await context.store.documents.total(CONTAINERS, 'count', where);
  const bytes = await context.store.documents.total(CONTAINERS, 'bytes', where);
  const counts = { 'Container-Count': objects.count, 'Object-Count': objects.sum, 'Bytes-Used': bytes.sum };
  const made = timestamp(account?.createdMs ?? context.clock.now());
  return {
    ...Object.fromEntries(Object.entries(counts).map(([name, value]) => [`X-Account-${name}`, String(value)])),
    'X-Timestamp': made,
    ...(account === null ? { 'X-Put-Timestamp': made } : {}),
    ...(objects.count === 0
      ? {}
      : Object.fromEntries(Object.entries(counts).map(([name, value]) => [`X-Account-Storage-Policy-Policy-0-${name}`, String(value)]))),
    ...metadataHeaders('account', account?.body.meta ?? {}),
    ...(account === null ? {} : { 'Accept-Ranges': 'bytes' }),
    Vary: 'Accept',
  };
}
