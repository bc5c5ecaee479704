/** What a plan rests on, and what of it has moved since: the stacks it looked at, their rows, imports, the operator's environment, the program itself. */
import { createHash } from 'node:crypto';
import { asId, canonicalJson, type Json, type JsonObject, type StackId } from '@hearth/kernel';
import { findExports, loadStacks, type Queryable, type ResourceRecord, type StackRecord, type StackSnapshot } from '@hearth/store';
import type { Imported } from '@hearth/template';
import { exportedValue } from '../outside-values.ts';
import type { StackPorts } from '../ports.ts';

export interface PlanBasis {
  /** By id, each stack that was looked at; null: it was not there. */
  readonly stacks: Readonly<Record<string, StackBasis | null>>;
  /** Digests of imported values, by name. */
  readonly imports: Readonly<Record<string, string>>;
  readonly operator: string;
  readonly revision: string;
}
export interface StackBasis {
  readonly name: string;
  readonly state: string;
  /** Digests of rows by id, each with the name. */
  readonly rows: Readonly<Record<string, readonly [string, string]>>;
}

/** Enough to tell two states of one thing apart. */
const DIGEST_LENGTH = 16;
const digest = (value: Json): string => createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, DIGEST_LENGTH);

export function basisOf(
  ports: StackPorts,
  snapshots: ReadonlyMap<string, StackSnapshot | null>,
  imports: Readonly<Record<string, Json>>,
): PlanBasis {
  return {
    stacks: Object.fromEntries([...snapshots].map(([id, snapshot]) => [id, snapshot === null ? null : stackBasis(snapshot)])),
    imports: Object.fromEntries(Object.entries(imports).map(([name, value]) => [name, digest(value)])),
    operator: operatorDigest(ports),
    revision: ports.revision,
  };
}

function stackBasis({ stack, resources }: StackSnapshot): StackBasis {
  return {
    name: stack.name,
    state: stackState(stack),
    rows: Object.fromEntries(resources.map((row) => [row.id, [row.name, rowDigest(row)]])),
  };
}

const stackState = ({ action, status, traversal, definitionId, targetDefinitionId, deletedAt }: StackRecord): string =>
  digest([action, status, traversal, definitionId, targetDefinitionId, deletedAt]);

/** All that a plan may hang on; not when the row is looked at next, nor what the last look saw. */
function rowDigest(row: ResourceRecord): string {
  const { name, type, handler, physicalId, action, status, requires, replacedBy, traversal, metadata, deletionPolicy } = row;
  const state: Json = [name, type, handler, physicalId, action, status, requires, replacedBy, traversal, metadata, deletionPolicy];
  return digest([state, row.digest, row.properties, row.pending, row.uncertain, row.attributes, row.data]);
}

const operatorDigest = ({ globalEnvironment }: StackPorts): string => digest(globalEnvironment as unknown as JsonObject);

/** What has moved outside the database's stacks, in words; none: nothing. */
export async function movedAround(
  ports: StackPorts,
  projectId: StackRecord['projectId'],
  { imports, operator, revision }: PlanBasis,
): Promise<readonly string[]> {
  const moved: string[] = [];
  if (operator !== operatorDigest(ports)) moved.push("the operator's environment");
  if (revision !== ports.revision) moved.push('the server, which is another version');
  const names = Object.keys(imports);
  const found = names.length === 0 ? [] : await findExports(ports.database, projectId, names);
  for (const name of names) {
    const one = found.find((candidate) => candidate.name === name);
    const value = one === undefined ? 'gone' : await exportedValue(ports, one);
    if (typeof value === 'string' || digest(asJson(value)) !== imports[name]) moved.push(`the export ${name}`);
  }
  return moved;
}
const asJson = ({ value, secret }: Imported): Json => ({ value, secret });

/** What has moved of the stacks, as the transaction sees them. */
export async function movedStacks(tx: Queryable, ports: StackPorts, { stacks }: PlanBasis): Promise<readonly string[]> {
  const ids = Object.keys(stacks).map((id) => asId<StackId>(id));
  const now = await loadStacks(tx, ports.secretBox, ids);
  return ids.flatMap((id) => movedOf(stacks[id] ?? null, now.get(id) ?? null));
}

function movedOf(before: StackBasis | null, snapshot: StackSnapshot | null): readonly string[] {
  const after = snapshot === null ? null : stackBasis(snapshot);
  if (before === null || after === null) return before === after ? [] : [`the stack ${(before ?? after)?.name ?? ''}`];
  const moved = before.state === after.state ? [] : [`the stack ${before.name}`];
  const ids = new Set([...Object.keys(before.rows), ...Object.keys(after.rows)]);
  const rows = new Set<string>();
  for (const id of ids) {
    const [was, is] = [before.rows[id], after.rows[id]];
    if (was?.[1] !== is?.[1]) rows.add((is ?? was)?.[0] ?? id);
  }
  return [...moved, ...[...rows].map((name) => `the resource ${name} of the stack ${before.name}`)];
}
