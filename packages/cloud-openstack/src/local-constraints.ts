/** Named rules that need no cloud: addresses, DNS names, times, schedules, JSON. The words are those that users of Heat know. */
import type { Json } from '@hearth/kernel';
import { cidrProblem, ipOrCidrProblem, ipProblem, macProblem } from './constraints/addresses.ts';
import { dnsNameProblem, domainProblem, relativeNameProblem } from './constraints/dns-names.ts';
import { scheduleProblem } from './constraints/schedules.ts';
import { dateProblem, expirationProblem, timezoneProblem } from './constraints/times.ts';

interface Rule {
  readonly problem: (value: string, now: number) => string | null;
  /** Zero, false, null and what is empty stand for nothing, which is fine. */
  readonly takesNothing?: true;
}

const RULES: Readonly<Record<string, Rule>> = {
  ip_addr: { problem: ipProblem },
  net_cidr: { problem: cidrProblem },
  ip_or_cidr: { problem: ipOrCidrProblem },
  mac_addr: { problem: macProblem },
  dns_name: { problem: dnsNameProblem, takesNothing: true },
  rel_dns_name: { problem: relativeNameProblem, takesNothing: true },
  dns_domain: { problem: domainProblem, takesNothing: true },
  iso_8601: { problem: dateProblem },
  expiration: { problem: expirationProblem, takesNothing: true },
  timezone: { problem: timezoneProblem, takesNothing: true },
  cron_expression: { problem: scheduleProblem, takesNothing: true },
  json_string: { problem: jsonProblem },
};

/** Undefined: not one of these rules. Null: fine. */
export function localConstraintProblem(name: string, value: Json, now: number): string | null | undefined {
  // A test double: it only ever takes time.
  if (name === 'test_constr') return null;
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined) return undefined;
  if (typeof value === 'string') return rule.problem(value, now);
  return rule.takesNothing === true && isNothing(value) ? null : 'a text is expected';
}

const isNothing = (value: Json): boolean =>
  value === null || value === false || value === 0 || (typeof value === 'object' && Object.keys(value).length === 0);

function jsonProblem(value: string): string | null {
  try {
    JSON.parse(value);
    return null;
  } catch {
    return 'JSON string expected';
  }
}
