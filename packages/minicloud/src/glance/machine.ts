/** What happens to an image: creation, JSON patches, arrival of its data, deactivation. Pure: from a body and a command to a body or a `Refusal`. */
import { Refusal, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { READ_ONLY, blankImage, settable, type ImageBody, type ImageField, type ImageStatus, type Staged } from './state.ts';

const MAX_PROPERTIES = 128;
const MAX_TAGS = 128;
const MAX_OPERATIONS = 200;

const invalid = (message: string): Refusal => new Refusal('invalid', 'HTTPBadRequest', message);
const readOnly = (name: string): Refusal => new Refusal('forbidden', 'Forbidden', `Attribute '${name}' is read-only.`);

export function newImage(given: JsonObject): ImageBody {
  let image = blankImage;
  for (const [name, value] of Object.entries(given)) {
    if (name !== 'id' && name !== 'owner') image = withField(image, name, value);
  }
  return checkedSize(image);
}

/** One field set; a name that is not declared is a property of the user's own. */
function withField(image: ImageBody, name: string, value: Json): ImageBody {
  if (READ_ONLY.has(name)) throw readOnly(name);
  const field = settable[name];
  if (field !== undefined) return { ...image, [name]: checkedField(name, field, value) };
  if (typeof value !== 'string' && value !== null)
    throw invalid(
      `Provided object does not match schema 'image': ${JSON.stringify(value).slice(0, 100)} is not of type 'string' (property ${name})`,
    );
  if (name.length === 0 || name.length > 255) throw invalid('Property names are 1 to 255 characters long.');
  return { ...image, extra: { ...image.extra, [name]: value } };
}

function checkedField(name: string, field: ImageField, value: Json): Json {
  const wrong = (): Refusal =>
    invalid(
      `Provided object does not match schema 'image': ${JSON.stringify(value).slice(0, 100)} is not ${
        field.oneOf === undefined ? `valid for ${name}` : `one of ${JSON.stringify(field.oneOf)} (${name})`
      }`,
    );
  if (value === null && field.nullable === true) return null;
  switch (field.type) {
    case 'string':
      if (
        typeof value !== 'string' ||
        value.length > (field.maxLength ?? 255) ||
        (field.oneOf !== undefined && !field.oneOf.includes(value))
      )
        throw wrong();
      return value;
    case 'integer':
      if (typeof value === 'number' && value < 0)
        throw invalid(`Invalid value '${value}' for parameter '${name}': Cannot be a negative value`);
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 2_147_483_647) throw wrong();
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong();
      return value;
    case 'tags':
      if (
        !isJsonArray(value) ||
        value.length > MAX_TAGS ||
        !value.every((tag) => typeof tag === 'string' && tag.length > 0 && tag.length <= 255)
      )
        throw wrong();
      return [...new Set(value)];
  }
}

function checkedSize(image: ImageBody): ImageBody {
  if (Object.keys(image.extra).length <= MAX_PROPERTIES) return image;
  throw new Refusal(
    'too-large',
    'RequestEntityTooLarge',
    `The limit has been exceeded on the number of allowed image properties. Attempted: ${Object.keys(image.extra).length}, Maximum: ${MAX_PROPERTIES}`,
  );
}

/** The patch language of `application/openstack-images-v2.1-json-patch`: add, replace and remove of whole fields. */
export function patchedImage(image: ImageBody, operations: unknown): ImageBody {
  if (!isJsonArray(operations) || operations.length > MAX_OPERATIONS)
    throw invalid('Request body must be a JSON array of operation objects.');
  let patched = image;
  for (const operation of operations) patched = patchedOnce(patched, operation);
  return checkedSize(patched);
}

function patchedOnce(image: ImageBody, operation: Json): ImageBody {
  if (!isJsonObject(operation)) throw invalid('Operations must be JSON objects.');
  const { op, path, value } = operation;
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw invalid(`Invalid JSON pointer for this resource: '${String(path).slice(0, 100)}'`);
  const [name = '', ...rest] = path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (rest.length > 0) return patchedTags(image, name, rest, operation);
  const isOwn = Object.hasOwn(image.extra, name);
  const isField = Object.hasOwn(settable, name);
  if (READ_ONLY.has(name)) throw readOnly(name);
  const missing = (): Refusal =>
    new Refusal('conflict', 'Conflict', 'There was a conflict when trying to complete your request.', {
      detail: `Property ${name} does not exist.`,
    });
  switch (op) {
    case 'add':
    case 'replace':
      if (value === undefined) throw invalid(`Operation "${op}" requires a member named "value".`);
      if (op === 'replace' && !isOwn && !isField) throw missing();
      return withField(image, name, value);
    case 'remove': {
      if (isField) throw denied(`Property ${name} may not be removed.`);
      if (!isOwn) throw missing();
      const { [name]: _removed, ...extra } = image.extra;
      return { ...image, extra };
    }
    default:
      throw invalid(`Invalid operation: \`${String(op ?? '').slice(0, 60)}\`. It must be one of the following: add, remove, replace.`);
  }
}

/** `/tags/-` and `/tags/2`: the only fields with parts. */
function patchedTags(image: ImageBody, name: string, rest: readonly string[], operation: JsonObject): ImageBody {
  const [at = ''] = rest;
  if (name !== 'tags' || rest.length !== 1 || typeof operation['value'] !== 'string' || operation['op'] !== 'add' || at !== '-') {
    throw invalid(`Invalid JSON pointer for this resource: '/${name}/${rest.join('/')}'`.slice(0, 200));
  }
  return withField(image, 'tags', [...image.tags, operation['value']]);
}

const denied = (detail: string): Refusal => new Refusal('forbidden', 'Forbidden', 'Access was denied to this resource.', { detail });

/** The owner is not part of the body; only administrators may give an image to another project. */
export const ownerFixed = (): Refusal => denied("Owner can't be updated by non admin.");

export interface Arrival {
  readonly size: number;
  readonly checksum: string;
  readonly os_hash_value: string;
  readonly virtual_size?: number | null;
  /** Absent when the bytes are one blob. */
  readonly data?: string;
}

/** A queued image that says what it is begins to take its data. */
export function withStatus(image: ImageBody, status: 'saving' | 'uploading' | 'importing'): ImageBody {
  const isAllowed = image.status === 'queued' || (image.status === 'uploading' && status === 'importing');
  if (!isAllowed) throw new Refusal('conflict', 'Conflict', `Image status transition from ${image.status} to ${status} is not allowed`);
  if (status !== 'uploading' && (image.disk_format === null || image.container_format === null)) {
    throw invalid('Properties disk_format, container_format must be set prior to saving data.');
  }
  return { ...image, status };
}

/** The data is there. `virtual_size` is that of the disk inside; for plain data it is the size. */
export function withData(image: ImageBody, arrival: Arrival): ImageBody {
  const { staged: _staged, ...rest } = image.status === 'queued' ? withStatus(image, 'saving') : image;
  if (!['saving', 'importing'].includes(rest.status)) {
    throw new Refusal('conflict', 'Conflict', `Image status transition from ${rest.status} to active is not allowed`);
  }
  return { ...rest, virtual_size: arrival.size, ...arrival, status: 'active' };
}

/** The data has been brought, to be imported later. */
export const withStaged = (image: ImageBody, staged: Staged): ImageBody => ({ ...image, size: staged.size, staged });

/** The data did not come: as before. */
export function withoutData(image: ImageBody): ImageBody {
  const { staged: _staged, data: _data, ...rest } = image;
  return { ...rest, status: 'queued', size: null, virtual_size: null };
}

export function withActivity(image: ImageBody, wanted: Extract<ImageStatus, 'active' | 'deactivated'>): ImageBody {
  if (image.status !== 'active' && image.status !== 'deactivated')
    throw new Refusal(
      'forbidden',
      'Forbidden',
      `Not allowed to ${wanted === 'active' ? 'reactivate' : 'deactivate'} image in status '${image.status}'`,
    );
  return { ...image, status: wanted };
}

export function mayBeDeleted(image: ImageBody, id: string): void {
  if (image.protected) throw new Refusal('forbidden', 'Forbidden', `Image ${id} is protected and cannot be deleted.`);
}
