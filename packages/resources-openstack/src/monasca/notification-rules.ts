/** What addresses of a notification must look like, in Heat's words. */
interface RuleProps {
  readonly type?: string;
  readonly address?: string;
  readonly period?: number | null;
}

/** Absent properties are not known yet. */
export function notificationProblems({ type, address, period }: RuleProps): readonly string[] {
  if (type === undefined) return [];
  if (type !== 'webhook' && period !== undefined && period !== null)
    return ['The period property can only be specified against a Webhook Notification type.'];
  if (address === undefined || address === '') return [];
  if (type === 'webhook') return urlProblems(address);
  return type === 'email' && !isMailAddress(address)
    ? [`Address "${address}" doesn't satisfies allowed format for "email" type of "type" property`]
    : [];
}

const SCHEMES: readonly string[] = ['http', 'https'];
const URL_PARTS = /^([a-zA-Z][\w+.-]*):(\/\/[^/?#]+)?/;

function urlProblems(address: string): readonly string[] {
  const [, scheme, location] = URL_PARTS.exec(address) ?? [];
  if (scheme === undefined) return [`Address "${address}" doesn't have required URL scheme`];
  if (location === undefined) return [`Address "${address}" doesn't have required network location`];
  return SCHEMES.includes(scheme.toLowerCase()) ? [] : [`Address "${address}" doesn't satisfies allowed schemes: ${SCHEMES.join(', ')}`];
}

/** Something, an @ and something, without spaces. */
const isMailAddress = (address: string): boolean => !/\s/.test(address) && address.slice(1, -1).includes('@');
