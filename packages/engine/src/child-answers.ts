/** What a composite resource answers to those who ask for its attributes, kept with its row: values, and why there is none. Pure. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { type ChildView, type Composite, ResourceFailed, type Selection } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';

export interface Problem {
  /** Heat's exception class. */
  readonly type: string;
  readonly message: string;
}
export interface Answer {
  readonly value: Json;
  /** Not null: there is no such attribute, or it cannot be computed. */
  readonly problem: Problem | null;
}

export function answerOf(composite: Composite, selection: Selection, view: ChildView, memory: JsonObject): Answer {
  try {
    return { value: composite.select(selection, view, memory), problem: null };
  } catch (error) {
    if (!(error instanceof ResourceFailed)) throw error;
    return { value: null, problem: { type: error.type, message: error.message } };
  }
}

const PROBLEMS = 'unanswered';

/** The row's attributes and data with these answers in place of earlier ones. */
export function keptAnswers(
  data: JsonObject,
  answers: readonly (readonly [string, Answer])[],
): { attributes: JsonObject; data: JsonObject } {
  const { [PROBLEMS]: _before, ...others } = data;
  const problems = answers.flatMap(([key, { problem }]) => (problem === null ? [] : [[key, { ...problem }] as const]));
  return {
    attributes: Object.fromEntries(answers.map(([key, { value }]) => [key, value])),
    data: problems.length === 0 ? others : { ...others, [PROBLEMS]: Object.fromEntries(problems) },
  };
}

export function keptAnswer({ data, attributes }: ResourceRecord, key: string): Answer {
  const problems = data[PROBLEMS];
  const found = isJsonObject(problems) && Object.hasOwn(problems, key) ? problems[key] : undefined;
  const problem = isJsonObject(found) ? { type: String(found['type']), message: String(found['message']) } : null;
  return { value: attributes?.[key] ?? null, problem };
}
