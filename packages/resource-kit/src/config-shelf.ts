/**
 * Software configs as handlers see them: texts and structures for guests, kept in our own rows beside the stacks and shared within a
 * project. They cannot be changed, only made and deleted.
 */
import type { Json, JsonObject } from '@hearth/kernel';

/** `config` is a text, or a structure (OS::Heat::StructuredConfig). Inputs and outputs as `configInputs` and `configOutputs` leave them. */
export interface NewConfig {
  readonly name: string | null;
  readonly group: string | null;
  readonly config: Json;
  readonly inputs: readonly JsonObject[];
  readonly outputs: readonly JsonObject[];
  readonly options: Json;
}
export interface StoredConfig extends NewConfig {
  readonly id: string;
  /** ms since 1970 */
  readonly createdAt: number;
}

/** What the stack's project has; nothing of other projects can be reached. */
export interface ConfigShelf {
  /** Keeps the config under the mark and answers with its id. The same mark again: the id of what is there already, which is left as it is. */
  create(mark: string, config: NewConfig): Promise<string>;
  /** Null when there is none of that id. */
  get(id: string): Promise<StoredConfig | null>;
  /** One that is gone is fine. */
  delete(id: string): Promise<void>;
  /** The id of what was made under the mark; null when there is none. */
  find(mark: string): Promise<string | null>;
}
