/** The list of API versions, and which unknown paths are answered with it. */
import { json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { originOf } from './links.ts';

const OTHER_VERSION = /^\/v\d+(?:\.\d*)?(?:\/|$)/;
const OUR_VERSION = /^\/v1(?:\.0*)?(?:\/|$)/;

export function versions(request: ApiRequest): Answer {
  const href = `${originOf(request)}${request.prefix}/v1/`;
  return json(300, { versions: [{ id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href }] }] });
}

/** For a path that asks for a version we do not speak; null for any other. */
export function versionsAnswer(request: ApiRequest): Answer | null {
  const path = request.path.slice(request.prefix.length);
  return OTHER_VERSION.test(path) && !OUR_VERSION.test(path) ? versions(request) : null;
}
