/** The identity service's refusals, in Keystone's words where clients read them. */
import { Refusal } from '@hearth/kernel';

const NOTE =
  ' The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.';

/** `Expecting to find name in user. The server could …` */
export const expecting = (attribute: string, target: string): Refusal =>
  new Refusal('invalid', 'ValidationError', `Expecting to find ${attribute} in ${target}.${NOTE}`);
export const invalid = (message: string): Refusal => new Refusal('invalid', 'ValidationError', message);
export const badTime = (): Refusal => invalid(`Timestamp not in expected format.${NOTE}`);
export const pastTime = (): Refusal => invalid(`The 'expires_at' must not be before now.${NOTE}`);
export const missing = (kind: string, id: string): Refusal => new Refusal('not-found', 'NotFound', `Could not find ${kind}: ${id}.`);
export const notFound = (message: string): Refusal => new Refusal('not-found', 'NotFound', message);
export const conflict = (type: string, details: string): Refusal =>
  new Refusal('conflict', 'Conflict', `Conflict occurred attempting to store ${type} - ${details}.`);
export const forbidden = (action: string): Refusal =>
  new Refusal('forbidden', 'ForbiddenAction', `You are not authorized to perform the requested action: ${action}.`);
/** A 403 that says why. */
export const refused = (message: string): Refusal => new Refusal('forbidden', 'Forbidden', message);
/** A 403 whose reason Keystone keeps to itself. */
export const notAuthorized = (): Refusal => refused('You are not authorized to perform the requested action.');
export const unauthorized = (): Refusal =>
  new Refusal('unauthorized', 'Unauthorized', 'The request you have made requires authentication.');
export const immutable = (deed: 'update' | 'delete', type: string, id: string): Refusal =>
  refused(`Unable to ${deed} immutable ${type} resource: \`${id}. Set resource option "immutable" to false first.`);
