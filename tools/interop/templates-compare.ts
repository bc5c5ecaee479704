/** Two answers to the same request to validate: whether they are the same, where they differ, and what explains it. */
import type { LookAnswer } from './templates-look.ts';

export interface TemplateDifference {
  /** Name, kind and detail of the case. */
  readonly name: string;
  readonly kind: string;
  readonly detail: string;
  readonly heat: LookAnswer;
  readonly ours: LookAnswer;
  /** Where the bodies of two acceptances differ; empty when the status does. */
  readonly at: readonly Aspect[];
}

export interface Aspect {
  /** Keys, joined by dots. */
  readonly path: string;
  readonly heat: unknown;
  readonly ours: unknown;
}

/** A kind of difference that is meant, or a defect of Heat's. */
export interface ExplainedTemplates {
  readonly what: string;
  readonly heat: string;
  readonly ours: string;
  /** Why ours is better for who uses it. */
  readonly why: string;
  readonly holds: (difference: TemplateDifference) => boolean;
}

type Named = Pick<TemplateDifference, 'name' | 'kind' | 'detail'>;

/** Null when there is none. Refusals are only compared by their status. */
export function differenceOf({ name, kind, detail }: Named, heat: LookAnswer, ours: LookAnswer): TemplateDifference | null {
  const difference = { name, kind, detail, heat, ours, at: [] };
  if (heat.status !== ours.status) return difference;
  if (heat.status !== 200) return null;
  const at = aspects(heat.body, ours.body, '');
  return at.length === 0 ? null : { ...difference, at };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function aspects(heat: unknown, ours: unknown, path: string): readonly Aspect[] {
  if (sorted(heat) === sorted(ours)) return [];
  if (!isMap(heat) || !isMap(ours)) return [{ path, heat, ours }];
  return [...new Set([...Object.keys(heat), ...Object.keys(ours)])].flatMap((key) =>
    aspects(heat[key], ours[key], path === '' ? key : `${path}.${key}`),
  );
}

/** As text, whatever the order of keys. */
function sorted(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      isMap(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner,
    ) ?? 'nothing'
  );
}

export const errorType = ({ body }: LookAnswer): string => errorPart(body, 'type');
/** The first line: what a user of Heat would read. */
export const errorLine = ({ body }: LookAnswer): string => errorPart(body, 'message').split('\n')[0] ?? '';

function errorPart(body: unknown, part: string): string {
  const error = isMap(body) && isMap(body['error']) ? body['error'] : {};
  return typeof error[part] === 'string' ? error[part] : '';
}

export interface TemplateVerdict {
  readonly explained: ReadonlyMap<ExplainedTemplates, readonly TemplateDifference[]>;
  readonly unexplained: readonly TemplateDifference[];
}

export function judgeTemplates(differences: readonly TemplateDifference[], table: readonly ExplainedTemplates[]): TemplateVerdict {
  const explained = new Map<ExplainedTemplates, TemplateDifference[]>();
  const unexplained: TemplateDifference[] = [];
  for (const difference of differences) {
    const entry = table.find(({ holds }) => holds(difference));
    if (entry === undefined) unexplained.push(difference);
    else explained.set(entry, [...(explained.get(entry) ?? []), difference]);
  }
  return { explained, unexplained };
}

const SHOWN = 3;

/** One line for each cause, with a few of the cases that show it. */
export function groupedLines(differences: readonly TemplateDifference[]): readonly string[] {
  const groups = new Map<string, TemplateDifference[]>();
  for (const difference of differences) {
    const key = causeOf(difference);
    groups.set(key, [...(groups.get(key) ?? []), difference]);
  }
  return [...groups]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([cause, found]) => {
      const shown = found.slice(0, SHOWN).map(({ name, kind, detail }) => `\n      ${name} [${kind}] ${detail}`);
      return `${found.length} × ${cause}${shown.join('')}`;
    });
}

const withoutNames = (line: string): string => line.replaceAll(/"[^"]*"|'[^']*'|\([^)]*\)/g, '…').slice(0, 120);

function causeOf({ heat, ours, at }: TemplateDifference): string {
  const [first] = at;
  if (first !== undefined) {
    const path = first.path.replace(/^(Parameters)\.[^.]+/, '$1.*');
    return `both 200: ${path}: Heat ${clipped(first.heat)}, ours ${clipped(first.ours)}`;
  }
  const told = (answer: LookAnswer) => `${answer.status} ${errorType(answer)} ${withoutNames(errorLine(answer))}`.trim();
  return `Heat ${told(heat)} | ours ${told(ours)}`;
}

const clipped = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);
