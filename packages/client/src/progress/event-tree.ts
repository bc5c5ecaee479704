/** A stack and all stacks below it as a tree that grows with its events: nested stacks stand below the resource that they are. Pure; iterative. */
import type { TreeEvent } from '../event-shapes.ts';
import type { StackResource } from '../stack-shapes.ts';
import { phaseOf } from './phase.ts';
import { resourceTree, type TreeRow } from './resource-tree.ts';

export interface EventTree {
  /** The resources of the stack itself as a list tells them, those that have not begun among them. What events have told is newer. */
  learn(resources: readonly StackResource[]): void;
  /** False when it changes nothing that is shown. */
  apply(event: TreeEvent): boolean;
  /** Of the stack at the top; `''` before its first event. */
  status(): string;
  rows(): readonly TreeRow[];
  /** `group.0`: where a resource stands below the top. */
  nameOf(event: TreeEvent): string;
}

interface Known {
  readonly resource: StackResource;
  readonly sinceMs?: number;
}

/** `path` of the stack at the top, as its events tell it; times count from `begunAtMs`. */
export function eventTree(path: string, begunAtMs: number): EventTree {
  /** Resources by the path of their stack, in the order in which they came up. */
  const levels = new Map<string, Map<string, Known>>([[path, new Map()]]);
  let status = '';

  function levelOf(stackPath: string): Map<string, Known> {
    const level = levels.get(stackPath) ?? new Map<string, Known>();
    levels.set(stackPath, level);
    return level;
  }

  return {
    learn(resources) {
      const level = levelOf(path);
      const told = new Map(level);
      level.clear();
      // In the order of what waits for what.
      for (const { resource } of resourceTree(resources)) level.set(resource.name, told.get(resource.name) ?? { resource });
      for (const [name, known] of told) if (!level.has(name)) level.set(name, known);
    },
    apply(event) {
      if (event.kind === 'stack') {
        if (event.stackPath !== path) return false;
        status = event.status;
        return true;
      }
      const level = levelOf(event.stackPath);
      const before = level.get(event.resourceName);
      if (before !== undefined && isOfPredecessor(event, before.resource)) return false;
      level.set(event.resourceName, knownFrom(event, before, begunAtMs));
      return true;
    },
    status: () => status,
    rows: () => rowsOf(path, levels),
    nameOf: ({ stackPath, resourceName }) => (stackPath === path ? resourceName : `${stackPath.slice(path.length + 1)}.${resourceName}`),
  };
}

/** The clean-up after a replacement says nothing of the resource that stands now. */
const isOfPredecessor = ({ status, physicalId }: TreeEvent, now: StackResource): boolean =>
  status.startsWith('DELETE_') &&
  !now.status.startsWith('DELETE_') &&
  now.physicalId !== '' &&
  physicalId !== '' &&
  now.physicalId !== physicalId;

function knownFrom(event: TreeEvent, before: Known | undefined, begunAtMs: number): Known {
  const resource: StackResource = {
    name: event.resourceName,
    type: event.resourceType,
    status: event.status,
    reason: event.reason,
    physicalId: event.physicalId === '' ? (before?.resource.physicalId ?? '') : event.physicalId,
    requiredBy: before?.resource.requiredBy ?? [],
    createdAt: before?.resource.createdAt ?? event.at,
    updatedAt: event.at,
  };
  const sinceMs = phaseOf(event.status) === 'working' ? Date.parse(event.at) - begunAtMs : before?.sinceMs;
  return sinceMs === undefined || Number.isNaN(sinceMs) ? { resource } : { resource, sinceMs };
}

/** Stops moving to the right where names would no longer be readable. */
const DEEPEST_COLUMNS = 24;

interface Open {
  readonly path: string;
  readonly known: Known;
  readonly branch: string;
  readonly below: string;
}

function rowsOf(path: string, levels: ReadonlyMap<string, ReadonlyMap<string, Known>>): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const open = opened(path, levels, '', true);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { known, branch, below } = next;
    rows.push({ ...known, branch });
    open.push(...opened(`${next.path}.${known.resource.name}`, levels, below, false));
  }
  return rows;
}

/** In reverse, since they are taken from the end. */
function opened(path: string, levels: ReadonlyMap<string, ReadonlyMap<string, Known>>, prefix: string, isTop: boolean): Open[] {
  const level = [...(levels.get(path)?.values() ?? [])];
  const rows = level.map((known, i): Open => {
    if (isTop) return { path, known, branch: '', below: '' };
    const isLast = i === level.length - 1;
    const below = prefix.length >= DEEPEST_COLUMNS ? prefix : `${prefix}${isLast ? '   ' : '│  '}`;
    return { path, known, branch: `${prefix}${isLast ? '└─ ' : '├─ '}`, below };
  });
  return rows.toReversed();
}
