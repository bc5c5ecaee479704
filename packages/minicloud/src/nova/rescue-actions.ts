/** Actions that take a server out of service for a while: rescue, shelve and unshelve. */
import { isUuidLike } from '@hearth/kernel';
import { empty, json, type Answer } from '@hearth/http-kit';
import { argumentsOf, newPassword, optionalArgumentsOf, plain, type ActionCall } from './action-call.ts';
import { imageOfServer } from './image-actions.ts';
import { badRequest, needAdmin, needed, refuseUnknownKeys, textOf } from './refusals.ts';
import { act, ZONE } from './servers.ts';

export async function rescue(call: ActionCall): Promise<Answer> {
  const given = optionalArgumentsOf(call);
  refuseUnknownKeys(given, 'rescue', ['adminPass', 'rescue_image_ref']);
  const adminPass = given.adminPass === undefined ? newPassword(call.parts) : textOf(given.adminPass, 'adminPass', 255, 0);
  const imageId = given.rescue_image_ref === undefined ? null : textOf(given.rescue_image_ref, 'rescue_image_ref');
  if (imageId !== null && !isUuidLike(imageId))
    throw badRequest(`Invalid input for field/attribute rescue_image_ref. Value: ${imageId}. '${imageId}' is not a 'uuid'`);
  const { parts, request } = call;
  if (imageId !== null && (await parts.images.find(parts.context.store, imageId, request.identity)) === null)
    throw badRequest(`Image ${imageId} could not be found.`);
  await act(parts, call.id, { action: 'rescue', word: 'rescue' }, call.caller);
  return json(200, { adminPass });
}

/** Of a server with a disk of its own, an image is kept, which unshelving would boot from. */
export async function shelve(call: ActionCall): Promise<Answer> {
  await act(
    call.parts,
    call.id,
    {
      action: 'shelve',
      word: 'shelve',
      async prepare(server, _state, tx) {
        if (server.body.image_id === null) return {};
        const photograph = { name: `${server.name ?? ''}-shelved`, properties: { image_type: 'snapshot' } };
        return { shelvedImageId: await imageOfServer(call, tx, server, photograph) };
      },
    },
    call.caller,
  );
  return empty(202);
}

export async function shelveOffload(call: ActionCall): Promise<Answer> {
  needAdmin(call.request.identity, 'os-shelve:shelve_offload');
  return plain('shelve-offload', 'shelveOffload')(call);
}

export async function unshelve(call: ActionCall): Promise<Answer> {
  const { parts, minor } = call;
  const zoneName = call.given !== null && minor >= 77 ? zoneOf(call) : null;
  if (zoneName !== null && zoneName !== ZONE) throw badRequest('The requested availability zone is not available');
  await act(
    parts,
    call.id,
    {
      action: 'unshelve',
      word: 'unshelve',
      async prepare(server, _state, tx) {
        if (server.body.shelvedImageId !== null && server.body.shelvedImageId !== undefined)
          await parts.images.remove(tx, server.body.shelvedImageId);
        return { shelvedImageId: null };
      },
    },
    call.caller,
  );
  return empty(202);
}

function zoneOf(call: ActionCall): string | null {
  const given = argumentsOf(call, 'unshelve');
  if (call.minor < 91) needed(given, 'unshelve', 'availability_zone');
  refuseUnknownKeys(given, 'unshelve', ['availability_zone', ...(call.minor >= 91 ? ['host'] : [])]);
  const { availability_zone: zone, host } = given;
  if (host !== undefined && textOf(host, 'host') !== call.parts.driver.host.hostname)
    throw badRequest(`Compute host ${String(host)} could not be found.`);
  return zone === undefined || zone === null ? null : textOf(zone, 'availability_zone');
}
