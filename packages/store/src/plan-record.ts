/** A plan as it is kept: whose it is, how long it may be applied, and its sealed content. */
import type { JsonObject, PlanId, ProjectId, StackId } from '@hearth/kernel';

export interface PlanRecord {
  readonly id: PlanId;
  readonly projectId: ProjectId;
  /** Of a creation: the id that the stack will have. */
  readonly stackId: StackId;
  readonly stackName: string;
  readonly kind: 'create' | 'update' | 'delete';
  readonly madeAt: number;
  readonly expiresAt: number;
  /** Null: not yet. */
  readonly appliedAt: number | null;
  /** Encrypted at rest. */
  readonly content: JsonObject;
}
