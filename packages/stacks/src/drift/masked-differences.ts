/** What a report shows of differences: hidden values are masked, wherever from above they have got to. */
import type { Json, ResourceId } from '@hearth/kernel';
import { HIDDEN, hiddenParts, hiddenTexts, holdsAny, shownProperty, withHiddenParameters, type CompiledDefinition } from '@hearth/engine';
import { findStackById, openDifferences, type LookedRow, type StackRecord } from '@hearth/store';
import type { StackPorts } from '../ports.ts';
import { presentDefinition } from '../stack-reading.ts';
import type { LookedResource } from './looked-tree.ts';

export interface ReportedDifference {
  readonly property: string;
  readonly expected: Json;
  readonly actual: Json;
  /** A user took it for good. */
  readonly isAccepted: boolean;
  /** Neither value may be seen: both are masked. */
  readonly isSecret: boolean;
}

interface Level {
  readonly compiled: CompiledDefinition;
  readonly texts: ReadonlySet<string>;
}

/** By the row's id; rows without differences are left out. */
export async function maskedDifferences(
  ports: StackPorts,
  top: StackRecord,
  tree: readonly LookedResource[],
): Promise<ReadonlyMap<ResourceId, readonly ReportedDifference[]>> {
  const stacks = new Map<string, StackRecord>(tree.map(({ stack }) => [stack.id, stack]));
  stacks.set(top.id, top);
  const levels = new Map<string, Level>();
  const told = new Map<ResourceId, readonly ReportedDifference[]>();
  for (const { row, stack } of tree) {
    if ((row.drift?.differences.length ?? 0) === 0) continue;
    told.set(row.id, maskedOf(ports, row, await levelOf(ports, stack, stacks, levels)));
  }
  return told;
}

/** A definition with what is hidden in those above it: at most as many as stacks may be nested. */
async function levelOf(
  ports: StackPorts,
  stack: StackRecord,
  stacks: Map<string, StackRecord>,
  levels: Map<string, Level>,
): Promise<Level> {
  const chain: StackRecord[] = [];
  for (let next: StackRecord | null = stack; next !== null; ) {
    chain.push(next);
    const parentId: StackRecord['parentId'] = next.parentId;
    next = parentId === null ? null : (stacks.get(parentId) ?? (await findStackById(ports.database, null, parentId)));
    if (next !== null) stacks.set(next.id, next);
  }
  let texts: ReadonlySet<string> = new Set();
  let level: Level | undefined;
  for (const one of chain.reverse()) {
    level = levels.get(one.id);
    if (level === undefined) {
      const compiled = withHiddenParameters(await presentDefinition(ports, one), texts);
      level = { compiled, texts: hiddenTexts(compiled.bound, texts) };
      levels.set(one.id, level);
    }
    texts = level.texts;
  }
  return level as Level;
}

function maskedOf(ports: StackPorts, row: LookedRow, { compiled, texts }: Level): readonly ReportedDifference[] {
  const type = ports.registry.get(row.handler);
  if (type === null) return [];
  const hidden = hiddenParts([compiled], row.name, type);
  const open = new Set(openDifferences(row).map(({ property }) => property));
  return (row.drift?.differences ?? []).map(({ property, expected, actual }) => {
    const isSecret = hidden.isHidden(property) || holdsAny(expected, texts) || holdsAny(actual, texts);
    return {
      property,
      expected: isSecret ? HIDDEN : shownProperty(type, property, expected),
      actual: isSecret ? HIDDEN : shownProperty(type, property, actual),
      isAccepted: !open.has(property),
      isSecret,
    };
  });
}
