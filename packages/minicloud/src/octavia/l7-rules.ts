/** What policies and rules of HTTP listeners may be, and the order of policies. Pure. */
import type { Json, JsonObject } from '@hearth/kernel';
import { badRequest } from './attributes.ts';

const badArguments = (message: string) => badRequest(`Invalid L7 Policy arguments: ${message}`);
const isSet = (value: Json | undefined): boolean => value !== null && value !== undefined && value !== '';

/** What was sent, made consistent: the action follows from where it redirects to. */
export function consistentPolicy(given: JsonObject): JsonObject {
  const policy: Record<string, Json> = { ...given };
  const redirectsToPool = (): boolean => isSet(policy.redirect_pool_id) || isSet(policy.redirect_pool);
  const put = (fields: JsonObject): void => void Object.assign(policy, fields);
  if ('action' in policy) {
    if (policy.action === 'REJECT') put({ redirect_url: null, redirect_pool_id: null });
    if (policy.action === 'REDIRECT_TO_URL') {
      if (!isSet(policy.redirect_url)) throw badArguments('redirect_url must not be None');
      put({ redirect_pool_id: null });
    }
    if (policy.action === 'REDIRECT_TO_POOL') {
      if (!redirectsToPool()) throw badArguments('redirect_pool_id or redirect_pool must not be None');
      put({ redirect_url: null });
    }
    if (policy.action === 'REDIRECT_PREFIX' && !isSet(policy.redirect_prefix)) throw badArguments('redirect_prefix must not be None');
  }
  if (redirectsToPool() && (isSet(policy.redirect_url) || isSet(policy.redirect_prefix)))
    throw badArguments('Cannot specify redirect_pool_id and redirect_url or redirect_prefix at the same time');
  if (redirectsToPool()) put({ action: 'REDIRECT_TO_POOL', redirect_url: null, redirect_prefix: null, redirect_http_code: null });
  const code = policy.redirect_http_code ?? 302;
  if (isSet(policy.redirect_url))
    put({ action: 'REDIRECT_TO_URL', redirect_pool_id: null, redirect_prefix: null, redirect_http_code: code });
  if (isSet(policy.redirect_prefix))
    put({ action: 'REDIRECT_PREFIX', redirect_pool_id: null, redirect_url: null, redirect_http_code: code });
  if (Object.keys(policy).length === 0) throw badArguments('Invalid update options');
  return policy;
}

/** The ids in their new order, which is what positions say: the first has 1. */
export function ordered(ids: readonly string[], id: string, position: number): readonly string[] {
  const others = ids.filter((one) => one !== id);
  const place = Math.min(position - 1, others.length);
  return [...others.slice(0, place), id, ...others.slice(place)];
}

const badRule = (message: string) => badRequest(`Error parsing L7Rule: ${message}`);
const TOKEN = /^[a-zA-Z0-9!#$%&'*+\-.^_`|~]+$/;
const COOKIE_VALUE = /^[a-zA-Z0-9!#$%&'()*+\-./:<=>?@[\]^_`{|}~]+$/;
const PRINTABLE = /^[!-~]+$/;
const QUOTED = /^"[\t -~]*"$/;
const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  HEADER: ['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO'],
  COOKIE: ['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO'],
  HOST_NAME: ['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO'],
  PATH: ['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO'],
  FILE_TYPE: ['REGEX', 'EQUAL_TO'],
};

export function refuseRule(rule: JsonObject): void {
  const type = String(rule.type);
  const value = typeof rule.value === 'string' ? rule.value : '';
  const key = typeof rule.key === 'string' ? rule.key : '';
  if (value === '') throw badRule('Invalid L7 Rule: L7 rule type requires a value');
  if (type.startsWith('SSL_')) return refuseTlsRule(type, key, value, String(rule.compare_type));
  if (type === 'HEADER' || type === 'COOKIE') {
    if (key === '') throw badRule('Invalid L7 Rule: L7 rule type requires a key');
    if (!TOKEN.test(key)) throw badRule('Invalid characters in key');
  }
  if (COMPARISONS[type]?.includes(String(rule.compare_type)) !== true)
    throw badRule('Invalid L7 Rule: invalid comparison type for rule type');
  if (rule.compare_type === 'REGEX') return;
  const isFine = type === 'COOKIE' ? COOKIE_VALUE.test(value) : PRINTABLE.test(value) || QUOTED.test(value);
  const what = type === 'COOKIE' ? 'cookie value' : type === 'HEADER' ? 'header value' : 'comparison value';
  if (!isFine) throw badRule(`Invalid characters in ${what}`);
}

function refuseTlsRule(type: string, key: string, value: string, comparison: string): void {
  const wrong = (message: string) => badRule(`Invalid L7 Rule: ${message}`);
  if (type === 'SSL_DN_FIELD') {
    if (key === '') throw wrong(`L7rule type ${type} needs to specify a key and a value.`);
    if (!/^[a-zA-Z][A-Za-z0-9-]*$/.test(key)) throw wrong('Invalid L7rule distinguished name field.');
    return;
  }
  if (key !== '') throw wrong(`L7rule type ${type} does not use the "key" field.`);
  if (type === 'SSL_CONN_HAS_CERT' && value.toLowerCase() !== 'true') throw wrong(`L7rule value ${value} is not a boolean True string.`);
  if (type === 'SSL_VERIFY_RESULT' && !/^\d+$/.test(value)) throw wrong(`L7rule type ${type} needs a int value, which is >= 0`);
  if (comparison !== 'EQUAL_TO') throw wrong(`L7rule type ${type} only supports the EQUAL_TO compare type.`);
}
