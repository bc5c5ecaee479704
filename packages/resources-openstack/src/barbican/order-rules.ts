/** Which properties an order may and must have depends on what is ordered; in Heat's words. */
import { isEmpty, isFilled, needsBeside } from '@hearth/resource-kit';

const OF_KEYS = ['algorithm', 'bit_length', 'expiration', 'mode', 'name', 'payload_content_type'];
/** In alphabetical order, as they are shown. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  key: OF_KEYS,
  asymmetric: [...OF_KEYS.slice(0, -1), 'pass_phrase', 'payload_content_type'],
  certificate: ['ca_id', 'name', 'profile', 'request_data', 'request_type', 'source_container_ref', 'subject_dn'],
};

/** The first problem; absent properties are not known yet. */
export function orderProblems(props: Readonly<Record<string, unknown>>): readonly string[] {
  const { type } = props;
  if (typeof type !== 'string') return [];
  return [...missing(type, props), ...unexpected(type, props)].slice(0, 1);
}

function missing(type: string, { algorithm, bit_length: bits, profile, ca_id: authority }: Readonly<Record<string, unknown>>) {
  if (type === 'certificate') return isFilled(profile) && isEmpty(authority) ? [needsBeside('profile', 'ca_id')] : [];
  return algorithm === null || bits === null ? [`Properties algorithm and bit_length are required for ${type} type of order.`] : [];
}

function unexpected(type: string, props: Readonly<Record<string, unknown>>): readonly string[] {
  const allowed = ALLOWED[type] ?? [];
  const found = Object.keys(props)
    .filter((name) => name !== 'type' && props[name] !== null && props[name] !== undefined && !allowed.includes(name))
    .sort();
  if (found.length === 0) return [];
  return [
    `Unexpected properties: ${found.join(', ')}. Only these properties are allowed for ${type} type of order: ${allowed.join(', ')}.`,
  ];
}
