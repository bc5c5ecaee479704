/** Sorts differences into explained and unexplained ones, and puts them into words. */
import type { Difference } from './parity-compare.ts';
import type { Explained } from './parity-explained.ts';

export interface Verdict {
  readonly explained: readonly { readonly entry: Explained; readonly differences: readonly Difference[] }[];
  readonly unexplained: readonly Difference[];
  /** Entries of the table that match nothing any more. */
  readonly stale: readonly Explained[];
}

export function judge(differences: readonly Difference[], table: readonly Explained[]): Verdict {
  const matching = new Map<Explained, Difference[]>(table.map((entry) => [entry, []]));
  const unexplained: Difference[] = [];
  for (const difference of differences) {
    const entry = table.find((candidate) => explains(candidate, difference));
    if (entry === undefined) unexplained.push(difference);
    else matching.get(entry)?.push(difference);
  }
  const explained = [...matching].flatMap(([entry, found]) => (found.length === 0 ? [] : [{ entry, differences: found }]));
  return { explained, unexplained, stale: [...matching].flatMap(([entry, found]) => (found.length === 0 ? [entry] : [])) };
}

const explains = (entry: Explained, { service, call, at, steps }: Difference): boolean =>
  fits(entry.service, service) &&
  fits(entry.call, call) &&
  fits(entry.at, at) &&
  (entry.steps === undefined || steps.every((step) => entry.steps?.includes(step) === true));

function fits(pattern: string, text: string): boolean {
  const quoted = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${quoted.join('.*')}$`, 's').test(text);
}

/** Lines for people, grouped by call. */
export function linesOf(differences: readonly Difference[]): readonly string[] {
  const lines: string[] = [];
  let last = '';
  for (const { service, call, at, real, ours, steps } of differences) {
    const head = `${service}: ${call}`;
    if (head !== last) lines.push(head);
    last = head;
    const shown = `${steps.slice(0, 3).join('; ')}${steps.length > 3 ? `; and ${steps.length - 3} more` : ''}`;
    lines.push(`  ${at}\n      real  ${real}\n      ours  ${ours}\n      in    ${shown}`);
  }
  return lines;
}

/** The section of the document that is generated. */
export function sectionOf(verdict: Verdict, commands: number): string {
  const services = new Map<string, string[]>();
  for (const { entry } of verdict.explained) {
    const rows = services.get(entry.service) ?? [];
    const commands = entry.steps === undefined ? '' : `, in ${entry.steps.map((step) => `\`${step}\``).join(' and ')}`;
    rows.push(`| \`${entry.call}\` | \`${entry.at}\`${commands} | ${entry.why} |`);
    services.set(entry.service, rows);
  }
  const tables = [...services]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([service, rows]) =>
        `### ${service === '*' ? 'all services' : service}\n\n| call | what | why |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
    );
  const summary = `${commands} commands of the stock client, ${verdict.explained.length} explained differences, ${verdict.unexplained.length} unexplained.`;
  return `${summary}\n\n${tables.join('\n')}`;
}
