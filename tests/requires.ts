/**
 * What some suites need beyond a checkout, and how they say so: `needs('openstack-client')('title', () => { … })` is `describe` where
 * the need is met; elsewhere the suite is left out with the reason in its title, which `npm test` prints (a failure under CI=true).
 */
import { describe } from 'vitest';
import { lacking, type Need } from '../tools/test/needs.ts';

/** The `describe` for suites with these needs. */
export function needs(...wanted: readonly Need[]): (title: string, body: () => void) => void {
  for (const need of wanted) {
    const reason = lacking(need);
    if (reason !== null) return (title, body) => describe.skip(`${title} [left out, ${need}: ${reason}]`, body);
  }
  return (title, body) => describe(title, body);
}
