/** Exports and imports of a stack as its requests write them: each name once in a project, and none taken away while it is in use. */
import { isJsonObject, Refusal, type Json, type ProjectId, type StackId } from '@hearth/kernel';
import {
  exportNamesOf,
  findExports,
  findHeldExports,
  findImporters,
  insertExchange,
  listExports,
  lockProjectStacks,
  type DefinitionRecord,
  type Queryable,
} from '@hearth/store';
import type { Caller } from './caller.ts';
import { exportedValue } from './outside-values.ts';
import { ownProject } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { invalid } from './refusals.ts';

const inUse = (message: string): Refusal => new Refusal('conflict', 'ExportInUse', message);

/** Part of the transaction that writes the definition, after it. Refuses names that are held, gone or in use. */
export async function writeExchange(
  tx: Queryable,
  projectId: ProjectId,
  definition: DefinitionRecord,
  exports: ReadonlyMap<string, string>,
): Promise<void> {
  const { stackId } = definition;
  const imports = importsOf(definition);
  const before = await exportNamesOf(tx, stackId);
  if (exports.size === 0 && imports.length === 0 && before.length === 0) return;
  await lockProjectStacks(tx, projectId);
  await refuseHeldNames(tx, projectId, [...exports.keys()], stackId);
  await refuseUsedNames(
    tx,
    projectId,
    stackId,
    before.filter((name) => !exports.has(name)),
  );
  await refuseMissingNames(tx, projectId, imports);
  await insertExchange(tx, { definitionId: definition.id, stackId, projectId, exports, imports });
}

/** Part of the transaction that asks for the deletion. */
export async function refuseWhileImported(tx: Queryable, projectId: ProjectId, stackId: StackId): Promise<void> {
  const names = await exportNamesOf(tx, stackId);
  if (names.length === 0) return;
  await lockProjectStacks(tx, projectId);
  await refuseUsedNames(tx, projectId, stackId, names);
}

function importsOf({ environment }: DefinitionRecord): readonly string[] {
  const taken = environment['taken'];
  return isJsonObject(taken) && isJsonObject(taken['imports']) ? Object.keys(taken['imports']) : [];
}

async function refuseHeldNames(tx: Queryable, projectId: ProjectId, names: readonly string[], self: StackId): Promise<void> {
  const [held] = await findHeldExports(tx, projectId, names, self);
  if (held === undefined) return;
  throw new Refusal(
    'conflict',
    'ExportExists',
    `Export with name ${held.name} is already exported by stack ${held.stackName}. Choose another name, or take it out of that stack first.`,
  );
}

async function refuseUsedNames(tx: Queryable, projectId: ProjectId, self: StackId, names: readonly string[]): Promise<void> {
  const users = await findImporters(tx, projectId, names, self);
  const [first] = users;
  if (first === undefined) return;
  const stacks = [...new Set(users.filter(({ name }) => name === first.name).map(({ stackName }) => stackName))];
  throw inUse(
    `Export ${first.name} cannot be deleted as it is in use by ${stacks.join(', ')}. Update or delete what imports it first, then try again.`,
  );
}

/** Between the check and this transaction an exporting stack may have gone. */
async function refuseMissingNames(tx: Queryable, projectId: ProjectId, names: readonly string[]): Promise<void> {
  const staying = (await findExports(tx, projectId, names)).filter(({ isLeaving }) => !isLeaving);
  const found = new Set(staying.map(({ name }) => name));
  const gone = names.find((name) => !found.has(name));
  if (gone !== undefined) throw invalid(`No export named ${gone} found. The stack that exported it is gone.`);
}

export interface ExportView {
  readonly name: string;
  readonly output: string;
  readonly stack: { readonly id: StackId; readonly name: string };
  /** Null while it is not known, and when it is secret. */
  readonly value: Json;
  readonly isSecret: boolean;
  readonly importedBy: readonly { readonly id: StackId; readonly name: string }[];
}
export interface ListExports {
  readonly limit: number | null;
  /** Names after this one. */
  readonly after: string | null;
}

/** The exports of the caller's project, by name. */
export async function listStackExports(ports: StackPorts, caller: Caller, { limit, after }: ListExports): Promise<readonly ExportView[]> {
  const project = ownProject(caller);
  const most = ports.limits.listRows;
  const found = await listExports(ports.database, project, { limit: Math.min(limit ?? most, most), after });
  const names = found.map(({ name }) => name);
  const importers = names.length === 0 ? [] : await findImporters(ports.database, project, names, null);
  return Promise.all(
    found.map(async (one) => {
      const value = await exportedValue(ports, one);
      const isSecret = typeof value !== 'string' && value.secret;
      return {
        name: one.name,
        output: one.output,
        stack: { id: one.stackId, name: one.stackName },
        value: typeof value === 'string' || isSecret ? null : value.value,
        isSecret,
        importedBy: importers.filter(({ name }) => name === one.name).map(({ stackId, stackName }) => ({ id: stackId, name: stackName })),
      };
    }),
  );
}
