/** `/v1/account/container/object` taken apart; the object's name may hold slashes and end with one. */
import type { ApiRequest } from '@hearth/http-kit';
import { refused } from './state.ts';

export interface SwiftPath {
  readonly account: string;
  readonly container: string | null;
  readonly object: string | null;
  /** Decoded, as it is signed. */
  readonly whole: string;
}

export function readPath(request: Pick<ApiRequest, 'path'>): SwiftPath {
  let whole: string;
  try {
    whole = decodeURIComponent(request.path);
  } catch {
    throw refused(412, 'Invalid UTF8 or contains NULL');
  }
  if (whole.includes('\0')) throw refused(412, 'Invalid UTF8 or contains NULL');
  const [, , account = '', container, ...rest] = whole.split('/');
  const object = rest.length === 0 ? null : rest.join('/');
  if (account === '' || (container === '' && object !== null)) throw refused(412, 'Bad URL');
  return {
    account,
    container: container === undefined || container === '' ? null : container,
    object: object === '' ? null : object,
    whole,
  };
}

/** `container/object` or `/container/object`, percent-encoded, from a header; null when it is not. */
export function readTarget(text: string): { readonly container: string; readonly object: string } | null {
  let plain: string;
  try {
    plain = decodeURIComponent(text).replace(/^\//, '');
  } catch {
    return null;
  }
  const slash = plain.indexOf('/');
  if (slash <= 0 || slash === plain.length - 1) return null;
  return { container: plain.slice(0, slash), object: plain.slice(slash + 1) };
}

export const encodedPath = (...parts: readonly string[]): string =>
  parts.map((part) => part.split('/').map(encodeURIComponent).join('/')).join('/');
