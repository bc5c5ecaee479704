/** A stack with everything below it, row by row, each with its path: what reports of drift and answers to them go by. */
import { listDescendants, listLooked, type LookedRow, type Queryable, type StackRecord } from '@hearth/store';
import { MAX_DEPTH } from '@hearth/engine';
import type { StackPorts } from '../ports.ts';

export interface LookedResource {
  /** From the stack that was asked for: `server`, `group/0/server`. */
  readonly path: string;
  readonly row: LookedRow;
  readonly stack: StackRecord;
  /** The stack that it consists of: null when that is gone, undefined when it is none. */
  readonly nested: StackRecord | null | undefined;
}

/** In the order of the tree: what a resource consists of comes after it. */
export async function lookedTree(ports: StackPorts, db: Queryable, top: StackRecord): Promise<readonly LookedResource[]> {
  const stacks = [top, ...(await listDescendants(db, top, MAX_DEPTH, false))];
  const rows = await listLooked(
    db,
    ports.secretBox,
    stacks.map(({ id }) => id),
  );
  const byStack = new Map<string, LookedRow[]>();
  for (const row of rows) {
    const known = byStack.get(row.stackId);
    if (known === undefined) byStack.set(row.stackId, [row]);
    else known.push(row);
  }
  const byId = new Map<string, StackRecord>(stacks.map((stack) => [stack.id, stack]));
  const found: LookedResource[] = [];
  const waiting: { readonly stack: StackRecord; readonly prefix: string }[] = [{ stack: top, prefix: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const below: { readonly stack: StackRecord; readonly prefix: string }[] = [];
    for (const row of byStack.get(next.stack.id) ?? []) {
      const path = `${next.prefix}${row.name}`;
      const isComposite = ports.registry.get(row.handler)?.composite !== undefined;
      const nested = isComposite && row.physicalId !== null ? (byId.get(row.physicalId) ?? null) : isComposite ? null : undefined;
      found.push({ path, row, stack: next.stack, nested });
      if (nested !== null && nested !== undefined) below.push({ stack: nested, prefix: `${path}/` });
    }
    waiting.push(...below.reverse());
  }
  return found;
}

/** Whether a path is one of those that are named, or below one of them. */
export function within(named: readonly string[]): (path: string) => boolean {
  const all = new Set(named);
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) if (all.has(path.slice(0, end))) return true;
    return false;
  };
}
