/** What can be said beforehand of a resource that others refer to: what stays, what will be another, and what may. */
import type { Json } from '@hearth/kernel';
import type { Actual } from '@hearth/planner';
import type { Registry } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { type References, selectionKey } from '@hearth/template';
import { keptAnswer, type Problem } from '../child-answers.ts';
import { rowReferences } from '../references.ts';

/** As it is most likely (`told`), as if every value that is not known stayed what it is (`least`), and as if all that may change did (`most`). */
export type View = 'told' | 'least' | 'most';

export interface Foreseen {
  readonly actual: Readonly<Record<View, Actual>>;
  /** What stands for it now; null: nothing yet. */
  readonly row: ResourceRecord | null;
  /** What will stand for it is made first: nothing of it is known. */
  readonly isNew: boolean;
  readonly mayBeNew: boolean;
  /** What it tells of itself may become something else. */
  readonly mayChange: boolean;
  /** Attributes that will be something else, by the names of what is changed. */
  readonly changing: ReadonlySet<string>;
  /** Of a nested stack that is changed: what it will answer. Null: as its row has kept it. */
  readonly nested: ForeseenChild | null;
}

/** `doubtful`: a part of it may become something else. `value` undefined: it is not known. */
export interface ForeseenAnswer {
  readonly value: Json | undefined;
  readonly problem: Problem | null;
  readonly doubtful: boolean;
}
export interface ForeseenChild {
  referenceId(): ForeseenAnswer;
  answer(key: string): ForeseenAnswer;
}

/** Whether anything that was asked for may still become something else. */
export interface Doubts {
  met: boolean;
}

export function foreseenReferences(of: (name: string) => Foreseen | null, registry: Registry, view: View, doubts: Doubts): References {
  const present = rowReferences((name) => of(name)?.row ?? null, registry);
  /** Undefined: not known. */
  const unless = <T>(isOpen: boolean, value: () => T | undefined): T | undefined => {
    if (!isOpen) return value();
    doubts.met = true;
    return view === 'most' ? undefined : value();
  };
  const isNew = (name: string): boolean => of(name)?.isNew !== false;
  return {
    referenceId(name) {
      const one = of(name);
      if (one === null || isNew(name)) return undefined;
      const answer = one.nested?.referenceId();
      if (answer === undefined) return unless(one.mayBeNew, () => present.referenceId(name));
      return unless(one.mayBeNew || answer.doubtful, () => (typeof answer.value === 'string' ? answer.value : undefined));
    },
    attribute(name, attribute) {
      const one = of(name);
      if (one === null || isNew(name) || one.changing.has(attribute)) return undefined;
      return unless(one.mayChange, () => present.attribute(name, attribute));
    },
    attributeAt(name, attribute, path) {
      const one = of(name);
      if (one?.row == null || registry.get(one.row.handler)?.composite === undefined) return null;
      if (isNew(name)) return { value: undefined };
      const key = selectionKey(attribute, path);
      const { value, problem, doubtful } = one.nested?.answer(key) ?? { ...keptAnswer(one.row, key), doubtful: one.mayChange };
      if (value !== undefined && problem !== null) return { value, problem };
      return { value: unless(doubtful, () => value) };
    },
    allAttributes(name) {
      const one = of(name);
      if (one === null || isNew(name) || one.changing.size > 0 || one.nested !== null) return undefined;
      return unless(one.mayChange, () => present.allAttributes(name));
    },
  };
}
