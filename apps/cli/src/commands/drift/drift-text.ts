/** A report of drift as text, and as an exit code. Pure. */
import type { DriftDifference, DriftedResource, DriftReport } from '@hearth/client';
import type { Json } from '@hearth/kernel';

/** 0: all is as it was applied; 2: something is not; 1: that cannot be told (yet). */
export function exitCodeOf({ summary, isComplete }: Pick<DriftReport, 'summary' | 'isComplete'>): number {
  const count = (state: string): number => summary[state] ?? 0;
  if (count('drifted') + count('gone') > 0) return 2;
  return isComplete && count('unknown') + count('under_way') + count('waiting') + count('not_looked_at') === 0 ? 0 : 1;
}

const WORDS: readonly (readonly [state: string, words: string])[] = [
  ['in_sync', 'in sync'],
  ['drifted', 'drifted'],
  ['gone', 'gone'],
  ['unknown', 'cannot be told'],
  ['under_way', 'under way'],
  ['waiting', 'still to be looked at'],
  ['not_looked_at', 'not looked at'],
];

/** What there is to say of each resource that is not in sync, and a summary. */
export function reportLines(report: DriftReport): readonly string[] {
  const { stack, askedAt, resources, summary } = report;
  if (askedAt === null) return [`${stack}: nobody has looked for drift yet; do it with: hearth drift detect ${stack} --wait`];
  const counts = WORDS.flatMap(([state, words]) => ((summary[state] ?? 0) > 0 ? [`${summary[state]} ${words}`] : []));
  const remedy =
    exitCodeOf(report) === 2
      ? [`Take it for good: hearth drift accept ${stack} RESOURCE…; bring it back: hearth drift revert ${stack}`]
      : [];
  return [...resources.flatMap(resourceLines), `${stack}: ${counts.length === 0 ? 'nothing to look at' : counts.join(', ')}`, ...remedy];
}

function resourceLines(one: DriftedResource): readonly string[] {
  const accepted = one.differences.filter(({ isAccepted }) => isAccepted);
  if (one.state === 'in_sync')
    return accepted.length === 0 ? [] : [`= ${one.path} (${one.type}): as accepted`, ...accepted.map(differenceLine)];
  const since = one.since === null ? '' : `, since ${one.since}`;
  switch (one.state) {
    case 'drifted':
      return [`~ ${one.path} (${one.type})${since}`, ...one.differences.map(differenceLine)];
    case 'gone':
      return [`- ${one.path} (${one.type}) is gone from the cloud${since}`];
    case 'unknown':
      return [`? ${one.path} (${one.type}): ${one.reason ?? 'it cannot be told'}`];
    default:
      return [];
  }
}

const differenceLine = ({ property, expected, actual, isAccepted }: DriftDifference): string =>
  `    ${property}: ${shown(expected)} -> ${shown(actual)}${isAccepted ? ' (accepted)' : ''}`;

const LONGEST = 200;
function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
