/** The name we give a thing in the cloud: the same on every retry, because it comes from the row's id. */
import type { ResourceId } from '@hearth/kernel';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const SHORT_ID_LENGTH = 12;

/** `<stack>-<resource>-<12 characters>`, as Heat names things; too long ones keep two characters, a dash and the tail. */
export function physicalName(stackName: string, resourceName: string, id: ResourceId, maxLength: number): string {
  const name = `${stackName}-${resourceName}-${shortId(id)}`;
  return name.length <= maxLength ? name : `${name.slice(0, 2)}-${name.slice(name.length - (maxLength - 3))}`;
}

/** Base 32 of the first 60 bits of a UUID. */
function shortId(id: ResourceId): string {
  let bits = BigInt(`0x${id.replaceAll('-', '').slice(0, 15)}`);
  let text = '';
  for (let i = 0; i < SHORT_ID_LENGTH; i++) {
    text = (ALPHABET[Number(bits & 31n)] as string) + text;
    bits >>= 5n;
  }
  return text;
}
