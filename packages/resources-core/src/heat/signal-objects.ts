/** Signals that are written to Swift: a container for each handle, with a key of its own that signs the URL which guests write to. */
import type { Cloud } from '@hearth/cloud-openstack';
import { hmacSha256, type Json } from '@hearth/kernel';
import { hexOf } from './signed-entrance.ts';

/** Signatures must end some time; this is as late as every Swift can tell. */
const NEVER = 2_147_483_647;
/** More are not read. */
const MOST = 1_000;
const OBJECT = 'signal';
const KEY_HEADER = 'x-container-meta-temp-url-key';

/** Where the cloud keeps former versions of objects, every write is a signal; elsewhere the last one is. */
export const makeSignalContainer = ({ swift }: Cloud, name: string): Promise<void> =>
  swift.putContainer(name, { 'x-versions-location': name });

export const hasSignalContainer = async ({ swift }: Cloud, name: string): Promise<boolean> => (await swift.headContainer(name)) !== null;

/** The URL, signed with a new key: former ones end. */
export async function newSignalUrl({ swift }: Cloud, name: string, randomBytes: Uint8Array): Promise<string> {
  const key = hexOf(randomBytes);
  await swift.putContainer(name, { [KEY_HEADER]: key });
  const url = `${await swift.accountUrl()}/${encodeURIComponent(name)}/${OBJECT}`;
  const path = decodeURIComponent(url.replace(/^[a-z]+:\/\/[^/]*/i, ''));
  const signature = hexOf(hmacSha256(key, `PUT\n${NEVER}\n${path}`));
  return `${url}?temp_url_sig=${signature}&temp_url_expires=${NEVER}`;
}

/** What was written, former versions first; text that is no JSON as it is. */
export async function writtenSignals({ swift }: Cloud, name: string): Promise<readonly Json[]> {
  const objects = (await swift.objectNames(name, MOST)) ?? [];
  const former = objects.filter((object) => object !== OBJECT);
  const ordered = [...former, ...objects.filter((object) => object === OBJECT)];
  const written: Json[] = [];
  for (const object of ordered) written.push(signalIn(await swift.objectText(name, object)));
  return written;
}

function signalIn(text: string): Json {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

export async function removeSignalContainer({ swift }: Cloud, name: string): Promise<void> {
  // Deleting an object brings its former version back, so the list is asked until it is empty.
  for (let left = MOST; left > 0; left--) {
    const [object] = (await swift.objectNames(name, 1)) ?? [];
    if (object === undefined) break;
    await swift.deleteObject(name, object);
  }
  await swift.deleteContainer(name);
}
