/** Actions that make another server of a server: resize and rebuild. */
import { isUuidLike } from '@hearth/kernel';
import { empty, json, type Answer } from '@hearth/http-kit';
import { argumentsOf, newPassword, type ActionCall } from './action-call.ts';
import { findFlavor } from './flavors.ts';
import { refuseLargerFlavor } from './quotas.ts';
import { selfLink } from './links.ts';
import { flavorCopy, type ServerRecord } from './records.ts';
import { badRequest, metadataOf, nameOf, needed, refuseUnknownKeys, textOf, unfit } from './refusals.ts';
import { checkedUserData, diskConfigOf } from './server-request.ts';
import { plugsOf, serverView } from './server-view.ts';
import { act, type ActionWish } from './servers.ts';
import { putUserData, userDataOf } from './user-data.ts';

export async function resize(call: ActionCall): Promise<Answer> {
  const given = argumentsOf(call, 'resize');
  refuseUnknownKeys(given, 'resize', ['flavorRef', 'OS-DCF:diskConfig']);
  const reference = needed(given, 'resize', 'flavorRef');
  const id = (typeof reference === 'number' ? String(reference) : textOf(reference, 'flavorRef')).split('/').at(-1) ?? '';
  const flavor = await findFlavor(call.parts.context.store, id, call.request.identity);
  if (flavor === null) throw badRequest(`Flavor ${id} could not be found.`);
  const wish: ActionWish = {
    action: 'resize',
    word: 'resize',
    flavor: flavorCopy(flavor),
    async prepare(server, state, tx) {
      if (state.flavor.id === flavor.id) throw badRequest('When resizing, instances must change flavor!');
      if (flavor.body.diskGb < state.flavor.diskGb && flavor.body.diskGb === 0 && server.body.image_id !== null)
        throw badRequest('Resize to zero disk flavor is not allowed.');
      const sizes = { before: state.flavor, after: flavor.body };
      await refuseLargerFlavor(tx, server.projectId ?? '', sizes, call.parts.context.clock.now());
      return {};
    },
  };
  await act(call.parts, call.id, wish, call.caller);
  return empty(202);
}

export /** With the first and the last minor version that has them. */
const REBUILD_KEYS: readonly (readonly [key: string, since: number, until: number])[] = [
  ['imageRef', 1, 999],
  ['adminPass', 1, 999],
  ['name', 1, 999],
  ['preserve_ephemeral', 1, 999],
  ['metadata', 1, 999],
  ['OS-DCF:diskConfig', 1, 999],
  ['accessIPv4', 1, 999],
  ['accessIPv6', 1, 999],
  ['personality', 1, 56],
  ['description', 19, 999],
  ['key_name', 54, 999],
  ['user_data', 57, 999],
  ['trusted_image_certificates', 63, 999],
  ['hostname', 90, 999],
];

export async function rebuild(call: ActionCall): Promise<Answer> {
  const { parts, request, minor } = call;
  const given = argumentsOf(call, 'rebuild');
  const known = REBUILD_KEYS.filter(([, since, until]) => minor >= since && minor <= until).map(([key]) => key);
  refuseUnknownKeys(given, 'rebuild', known);
  const imageId = textOf(needed(given, 'rebuild', 'imageRef'), 'imageRef');
  if (!isUuidLike(imageId)) throw unfit('imageRef', imageId, `'${imageId}' is not a 'uuid'`);
  const image = await parts.images.find(parts.context.store, imageId, request.identity);
  if (image === null) throw badRequest('Cannot find image for rebuild');
  if (image.status !== 'active') throw badRequest(`Image ${image.id} is not active.`);
  const userData = given.user_data === undefined ? undefined : checkedUserData(given.user_data);
  const changes: Partial<ServerRecord> & { name?: string } = {
    image_id: imageId,
    ...(given.name === undefined ? {} : { name: nameOf(given.name) }),
    ...(given.metadata === undefined ? {} : { metadata: metadataOf(given.metadata) }),
    ...(given.description === undefined
      ? {}
      : { description: given.description === null ? null : textOf(given.description, 'description', 255, 0) }),
    ...(userData === undefined ? {} : { hasUserData: userData !== null }),
    ...(given['OS-DCF:diskConfig'] === undefined ? {} : { diskConfig: diskConfigOf(given['OS-DCF:diskConfig']) }),
  };
  const prepare: ActionWish['prepare'] = async (before, _state, tx) => {
    if (userData !== undefined) await putUserData(tx, before.id, userData);
    return changes;
  };
  const server = await act(parts, call.id, { action: 'rebuild', word: 'rebuild', prepare }, call.caller);
  const plugs = await plugsOf(parts.context.store, [server]);
  const view = serverView(server, plugs(server), {
    request,
    minor,
    nowMs: parts.context.clock.now(),
    host: parts.driver.host,
    form: 'update',
    hostIds: new Map(),
  });
  const adminPass = typeof given.adminPass === 'string' ? given.adminPass : newPassword(parts);
  return json(
    202,
    {
      server: {
        ...view,
        ...(minor >= 54 ? { key_name: server.body.key_name } : {}),
        ...(minor >= 57 ? { user_data: await userDataOf(parts.context.store, server) } : {}),
        adminPass,
      },
    },
    { Location: selfLink(call.request, 'servers', call.id) },
  );
}
