/** A plan as lines for people: each resource with a sign, its properties before and after, and a line that sums up. Pure. */
import type { PlannedChange, PlannedCloud, PlannedProperty, StackPlan } from '@hearth/client';
import type { Json } from '@hearth/kernel';

const SIGNS: Readonly<Record<string, string>> = { added: '+', updated: '~', replaced: '-/+', deleted: '-', relinked: '→', unchanged: '?' };
const COLOURS: Readonly<Record<string, string>> = { added: '32', updated: '33', replaced: '35', deleted: '31', unchanged: '36' };
const WHAT: Readonly<Record<string, string>> = {
  added: 'will be created',
  updated: 'will be updated in place',
  replaced: 'will be replaced',
  deleted: 'will be deleted',
  relinked: 'stays; only what it requires is another',
  unchanged: 'stays as it is',
};
const AFTERWARDS: Readonly<Record<string, string>> = {
  retained: 'stays in the cloud, and is no longer looked after',
  left: 'was there before and stays',
  copied: 'a copy is kept',
};
const WHY: Readonly<Record<string, string>> = {
  property: 'cannot change in place',
  'type-rule': 'the type says so',
  type: 'it is of another type',
  unhealthy: 'it is unhealthy',
  'creation-failed': 'its creation failed',
  'refused-in-place': 'the change was refused in place',
  'nested-stack-gone': 'its nested stack is gone',
  'nested-stack': 'something below it changes',
  unfinished: 'what was begun on it is brought to its end',
  attributes: 'its attributes are read anew',
  'rolling-update': 'so that enough are in service during the rolling update',
};
const LONGEST_VALUE = 160;

export function planLines(plan: StackPlan, isTerminal: boolean): readonly string[] {
  const lines: string[] = [];
  for (const change of plan.changes) lines.push(...changeLines(change, isTerminal), '');
  for (const warning of plan.warnings) lines.push(`Note: ${warning}`);
  if (plan.warnings.length > 0) lines.push('');
  lines.push(summaryLine(plan));
  return lines;
}

/** A deletion changes something even where nothing is left to delete, and so does a creation. */
export const changesAnything = ({ kind, changes }: StackPlan): boolean =>
  kind !== 'update' || changes.some(({ change, maybe }) => change !== 'unchanged' || maybe.length > 0);

export function summaryLine(plan: StackPlan): string {
  const count = (kind: string): number => plan.summary[kind] ?? 0;
  const name = plan.stack.name;
  const drifted = count('drifted') > 0 ? `, ${count('drifted')} drifted` : '';
  if (!changesAnything(plan)) return `Stack ${name}: no changes; ${count('unchanged')} unchanged${drifted}.`;
  const parts = [
    `${count('added')} to create`,
    `${count('updated')} to update`,
    `${count('replaced')} to replace`,
    `${count('deleted')} to delete`,
    ...(count('relinked') > 0 ? [`${count('relinked')} to relink`] : []),
    `${count('unchanged')} unchanged`,
    ...(count('drifted') > 0 ? [`${count('drifted')} drifted`] : []),
  ];
  const uncertain = count('uncertain') > 0 ? ` (${count('uncertain')} may turn out otherwise)` : '';
  return `Stack ${name}: ${parts.join(', ')}${uncertain}.`;
}

function changeLines(change: PlannedChange, isTerminal: boolean): readonly string[] {
  const sign = SIGNS[change.change] ?? '?';
  const head = `${sign.padStart(3)} ${change.resource} (${change.type}) ${WHAT[change.change] ?? change.change}${why(change)}`;
  const afterwards = change.deletion === null ? undefined : AFTERWARDS[change.deletion];
  return [
    coloured(head, COLOURS[change.change], isTerminal),
    ...(change.maybe.length > 0
      ? [`      may turn out ${change.maybe.join(' or ')} instead: it depends on what is known only on the way`]
      : []),
    ...(afterwards === undefined ? [] : [`      ${afterwards}`]),
    ...(change.failure === null ? [] : [`      will fail: ${change.failure}`]),
    ...change.properties.map((property) => propertyLine(property, change.change)),
    ...cloudLines(change.cloud),
  ];
}

/** Where the cloud has something else than was applied. */
function cloudLines(cloud: PlannedCloud | null): readonly string[] {
  if (cloud?.state === 'gone') return ['      ! gone from the cloud'];
  if (cloud?.state !== 'differs') return [];
  return cloud.differences.map(
    ({ name, applied, cloud: now }) => `      ! ${name} is ${shown(now)} in the cloud now (applied: ${shown(applied)})`,
  );
}

function why({ reason }: PlannedChange): string {
  const text = reason === null ? undefined : WHY[reason.code];
  if (reason === null || text === undefined) return '';
  const names = reason.properties.join(', ');
  return names === '' ? `: ${text}` : `: ${names} ${text}`;
}

function propertyLine({ name, before, after, isUnknown, isSecret, replaces }: PlannedProperty, kind: string): string {
  const to = isUnknown ? '(known after apply)' : shown(after);
  const forced = replaces && kind === 'replaced' ? '  # forces replacement' : '';
  if (kind === 'added') return `      + ${name}: ${isSecret ? '***' : to}`;
  const sign = before === null ? '+' : after === null && !isUnknown && !isSecret ? '-' : '~';
  return `      ${sign} ${name}: ${shown(before)} -> ${to}${forced}`;
}

function shown(value: Json): string {
  const text = value === '***' ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

const coloured = (text: string, colour: string | undefined, isTerminal: boolean): string =>
  isTerminal && colour !== undefined ? `\u001b[${colour}m${text}\u001b[0m` : text;
