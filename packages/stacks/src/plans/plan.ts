/** A plan: what an update, a creation or a deletion would do, kept so that it can be applied exactly. */
import { type ChangeKind, hasDrifted, type ResourceChange } from '@hearth/engine';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type PlanId, type StackId } from '@hearth/kernel';
import type { PlanRecord } from '@hearth/store';
import type { CreationTerms } from '../create-stack.ts';
import type { PreparedDefinition, UpdateTerms } from '../update-stack.ts';
import type { PlanBasis } from './plan-basis.ts';

export interface Plan {
  readonly id: PlanId;
  readonly kind: PlanRecord['kind'];
  readonly stack: { readonly id: StackId; readonly name: string };
  readonly madeAt: number;
  readonly expiresAt: number;
  /** Null: not applied. */
  readonly appliedAt: number | null;
  readonly summary: PlanSummary;
  /** All but those that certainly stay as they are, and are as they were applied. */
  readonly changes: readonly ResourceChange[];
  /** What is worth a look before it is applied. */
  readonly warnings: readonly string[];
}

/**
 * How many resources there are of each kind of change, as they are told; of all of them `uncertain`: those that may turn out otherwise, `drifted`: those that
 * the cloud has not as they were applied, or not at all.
 */
export type PlanSummary = Readonly<Record<ChangeKind | 'uncertain' | 'drifted', number>>;

/** What of a plan is sealed. */
export interface PlanContent {
  readonly what: PlannedCreation | PlannedUpdate | { readonly kind: 'delete' };
  readonly basis: PlanBasis;
  readonly summary: PlanSummary;
  readonly changes: readonly ResourceChange[];
  readonly warnings: readonly string[];
  /** It was made with an administrator's rights: only one may apply it. */
  readonly isPrivileged: boolean;
}
export interface PlannedCreation {
  readonly kind: 'create';
  readonly prepared: StoredPrepared;
  readonly terms: CreationTerms;
}
export interface PlannedUpdate {
  readonly kind: 'update';
  readonly prepared: StoredPrepared;
  readonly terms: UpdateTerms;
}
type StoredPrepared = Omit<PreparedDefinition, 'exports'> & { readonly exports: Readonly<Record<string, string>> };

export const storedPrepared = ({ contents, description, exports }: PreparedDefinition): StoredPrepared => ({
  contents,
  description,
  exports: Object.fromEntries(exports),
});
export const preparedFrom = ({ contents, description, exports }: StoredPrepared): PreparedDefinition => ({
  contents,
  description,
  exports: new Map(Object.entries(exports)),
});

/** Plain data both ways: a plan's content holds nothing else. */
export const contentAsJson = (content: PlanContent): JsonObject => content as unknown as JsonObject;
export const contentOf = (plan: PlanRecord): PlanContent => plan.content as unknown as PlanContent;

export function planView(record: PlanRecord): Plan {
  const { id, kind, stackId, stackName, madeAt, expiresAt, appliedAt } = record;
  const { summary, changes, warnings } = contentOf(record);
  return { id, kind, stack: { id: stackId, name: stackName }, madeAt, expiresAt, appliedAt, summary, changes, warnings };
}

export function summaryOf(changes: readonly ResourceChange[]): PlanSummary {
  const summary = { unchanged: 0, relinked: 0, updated: 0, replaced: 0, added: 0, deleted: 0, uncertain: 0, drifted: 0 };
  for (const change of changes) {
    summary[change.kind]++;
    if (change.maybe.length > 0) summary.uncertain++;
    if (hasDrifted(change)) summary.drifted++;
  }
  return summary;
}

/** What an environment has taken in from other stacks, by name. */
export function importsIn(environment: JsonObject): Readonly<Record<string, Json>> {
  const taken = environment['taken'] ?? null;
  if (!isJsonObject(taken) || isJsonArray(taken['imports'] ?? null)) return {};
  const imports = taken['imports'] ?? null;
  return isJsonObject(imports) ? imports : {};
}
