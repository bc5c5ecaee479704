/** A software config's row, as a value. What is in it is plain here and encrypted in the database. */
import type { JsonObject, ProjectId, SoftwareConfigId } from '@hearth/kernel';

/** A software config without what is in it: what lists show. */
export interface SoftwareConfigSummary {
  readonly id: SoftwareConfigId;
  readonly projectId: ProjectId;
  readonly name: string | null;
  readonly group: string | null;
  readonly createdAt: number;
}
export interface SoftwareConfigRecord extends SoftwareConfigSummary {
  /** Encrypted at rest: `{config, inputs, outputs, options}`. */
  readonly content: JsonObject;
}
