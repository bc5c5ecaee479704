/** Order and cycles of a graph given as names and what each requires. Iterative: chains may be thousands long. */

export interface GraphNode {
  readonly name: string;
  /** Names it requires; names that are not in the graph are ignored. */
  readonly requires: readonly string[];
}

/** Requirements first (Kahn). Nodes on a cycle, and all that need them, are left out: use `findCycle` before. */
export function dependencyOrder<N extends GraphNode>(nodes: readonly N[]): readonly N[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const waitingFor = new Map<string, number>();
  const neededBy = new Map<string, N[]>();
  const order: N[] = [];
  for (const node of nodes) {
    let count = 0;
    for (const name of new Set(node.requires)) {
      if (!byName.has(name)) continue;
      count++;
      const list = neededBy.get(name);
      if (list === undefined) neededBy.set(name, [node]);
      else list.push(node);
    }
    waitingFor.set(node.name, count);
    if (count === 0) order.push(node);
  }
  for (const node of order) {
    for (const next of neededBy.get(node.name) ?? []) {
      const left = (waitingFor.get(next.name) as number) - 1;
      waitingFor.set(next.name, left);
      if (left === 0) order.push(next);
    }
  }
  return order;
}

/** The names along one cycle, the first repeated at the end; null when there is none. */
export function findCycle(nodes: readonly GraphNode[]): readonly string[] | null {
  const ordered = new Set(dependencyOrder(nodes).map((node) => node.name));
  const stuck = new Map(nodes.filter((node) => !ordered.has(node.name)).map((node) => [node.name, node]));
  const first = stuck.keys().next();
  if (first.done) return null;
  // Every stuck node requires another stuck one, so following them must come round.
  const seen = new Map<string, number>();
  const walk: string[] = [];
  let name: string = first.value;
  while (!seen.has(name)) {
    seen.set(name, walk.length);
    walk.push(name);
    name = (stuck.get(name) as GraphNode).requires.find((required) => stuck.has(required)) as string;
  }
  return [...walk.slice(seen.get(name)), name];
}
