/** Rules for names in the domain name system: names, names relative to a domain, domains. Nothing is fine for all three. */

const MAX_FQDN = 255;
/** The shortest domain that a relative name may be put before takes this much. */
const SHORTEST_DOMAIN = 3;

export function dnsNameProblem(value: string): string | null {
  const reason = formatProblem(value);
  return reason === null ? null : `'${value}' not in valid format. Reason: ${reason}`;
}

export function relativeNameProblem(value: string): string | null {
  if (value.endsWith('.')) return `'${value}' is a FQDN. It should be a relative domain name.`;
  if (value.length > MAX_FQDN - SHORTEST_DOMAIN) {
    return `'${value}' contains '${value.length}' characters. Adding a domain name will cause it to exceed the maximum length of a FQDN of '${MAX_FQDN}'.`;
  }
  return dnsNameProblem(value);
}

export function domainProblem(value: string): string | null {
  if (value === '') return null;
  return dnsNameProblem(value) ?? (value.endsWith('.') ? null : `'${value}' must end with '.'.`);
}

function formatProblem(value: string): string | null {
  if (value === '') return null;
  const isAbsolute = value.endsWith('.');
  const bare = isAbsolute ? value.slice(0, -1) : value;
  if (bare.length > MAX_FQDN) return `'${bare}' exceeds the ${MAX_FQDN} character FQDN limit`;
  const labels = bare.split('.');
  for (const label of labels) {
    if (label === '') return 'Encountered an empty component.';
    if (label.startsWith('-') || label.endsWith('-')) return `Name '${label}' must not start or end with a hyphen.`;
    if (!/^[a-z0-9-]{1,63}\n?$/.test(label))
      return `Name '${label}' must be 1-63 characters long, each of which can only be alphanumeric or a hyphen.`;
  }
  const last = labels.at(-1) as string;
  return isAbsolute && labels.length > 1 && /^[0-9]+$/.test(last) ? `TLD '${last}' must not be all numeric.` : null;
}
