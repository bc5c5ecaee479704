/** Cycles in a graph of files, each once. */

/** One shortest cycle for each group of files that reach each other; iterative, any depth. */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const known = new Set<string>();
  for (const file of withoutLeaves(edges)) {
    if (known.has(file)) continue;
    const cycle = shortestWayBack(file, edges);
    if (cycle === null) continue;
    for (const member of cycle) known.add(member);
    cycles.push(cycle);
  }
  return cycles;
}

/** Files that import only files without cycles cannot be in one: they are taken away until nothing changes. */
function withoutLeaves(edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const left = new Set(edges.keys());
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const file of left) if (!(edges.get(file) ?? []).some((target) => left.has(target))) left.delete(file);
  }
  return [...left].toSorted();
}

function shortestWayBack(start: string, edges: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let i = 0; i < queue.length; i++) {
    const file = queue[i] as string;
    for (const target of edges.get(file) ?? []) {
      if (target === start) return wayTo(file, start, cameFrom);
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, file);
      queue.push(target);
    }
  }
  return null;
}

function wayTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way = [end];
  for (let file = end; file !== start; ) {
    file = cameFrom.get(file) ?? start;
    way.push(file);
  }
  return way.toReversed();
}
