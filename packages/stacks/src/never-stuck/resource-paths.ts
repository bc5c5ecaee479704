/** Paths to resources, down through nested stacks: `server`, `group/0/server`. */
import { asId, isJsonObject, type StackId } from '@hearth/kernel';
import { childIdOf, visibleRows } from '@hearth/engine';
import { findDefinition, findStackById, listResources, type Queryable, type ResourceRecord, type StackRecord } from '@hearth/store';
import type { StackPorts } from '../ports.ts';
import { invalid } from '../refusals.ts';

const MOST_PATHS = 1_000;
const MOST_NAMED = 10;

/** Refuses what leads nowhere, and says what there is. */
export async function checkPaths(ports: StackPorts, tx: Queryable, stack: StackRecord, paths: readonly string[]): Promise<void> {
  refuseTooMany(paths);
  const levels = new Map<string, Level>();
  for (const path of paths) await checkPath(ports, tx, stack, path, levels);
}

/** They are kept with the stack, and compared with every resource of it. */
export function refuseTooMany(paths: readonly string[]): void {
  if (paths.length > MOST_PATHS) throw invalid(`At most ${MOST_PATHS} resources can be named.`, 'InvalidResourcePath');
}

/** For reasons and events, which tell of some and count the rest. */
export function pathsText(paths: readonly string[]): string {
  const more = paths.length - MOST_NAMED;
  return paths.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

interface Level {
  readonly stack: StackRecord;
  readonly names: ReadonlySet<string>;
  readonly rows: ReadonlyMap<string, ResourceRecord>;
}

async function checkPath(ports: StackPorts, tx: Queryable, root: StackRecord, path: string, levels: Map<string, Level>): Promise<void> {
  const wrong = (why: string) =>
    invalid(`There is no resource ${path.slice(0, 300)} in stack ${root.name}: ${why}.`, 'InvalidResourcePath');
  const names = path.split('/');
  let level: Level | null = await levelOf(ports, tx, root, levels);
  for (const [depth, name] of names.entries()) {
    if (level === null) throw wrong(`${names.slice(0, depth).join('/')} has no resources of its own`);
    if (!level.names.has(name)) {
      const some = [...level.names].slice(0, MOST_NAMED).join(', ');
      throw wrong(`${level.stack.name} has ${some === '' ? 'none' : some}${level.names.size > MOST_NAMED ? ', …' : ''}`);
    }
    if (depth === names.length - 1) return;
    level = await belowOf(ports, tx, level, name, levels);
  }
}

async function levelOf(ports: StackPorts, tx: Queryable, stack: StackRecord, levels: Map<string, Level>): Promise<Level> {
  const known = levels.get(stack.id);
  if (known !== undefined) return known;
  const all = await listResources(tx, ports.secretBox, stack.id);
  const definition = await findDefinition(tx, ports.secretBox, stack.id, stack.targetDefinitionId ?? stack.definitionId);
  const wanted = definition === null ? null : (definition.template['resources'] ?? definition.template['Resources'] ?? null);
  const names = new Set([...all.map(({ name }) => name), ...(wanted !== null && isJsonObject(wanted) ? Object.keys(wanted) : [])]);
  const level = { stack, names, rows: visibleRows(all) };
  levels.set(stack.id, level);
  return level;
}

async function belowOf(ports: StackPorts, tx: Queryable, level: Level, name: string, levels: Map<string, Level>): Promise<Level | null> {
  const child = await nestedStack(ports, tx, level.rows.get(name));
  return child === null ? null : levelOf(ports, tx, child, levels);
}

/** The live stack that a resource consists of; null: it is none. */
export async function nestedStack(ports: StackPorts, db: Queryable, row: ResourceRecord | undefined): Promise<StackRecord | null> {
  if (row === undefined || ports.registry.get(row.handler)?.composite === undefined) return null;
  const child = await findStackById(db, null, asId<StackId>(childIdOf(row)));
  return child === null || child.deletedAt !== null ? null : child;
}
