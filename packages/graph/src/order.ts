/** Order and cycles of a graph given as names and what each requires. Iterative: chains may be thousands long. */

export interface GraphNode {
  readonly name: string;
  /** Names it requires; names that are not in the graph are ignored. */
  readonly requires: readonly string[];
}

/** Requirements first (Kahn). Nodes on a cycle, and all that need them, are left out: use `findCycle` before. */
export function dependencyOrder<N extends GraphNode>(nodes: readonly N[]): readonly N[] {
  const { waitingFor, neederFrom, needers } = numbered(nodes);
  const order: number[] = [];
  waitingFor.forEach((count, index) => {
    if (count === 0) order.push(index);
  });
  for (const index of order) {
    const end = neederFrom[index + 1] as number;
    for (let at = neederFrom[index] as number; at < end; at++) {
      const next = needers[at] as number;
      const left = (waitingFor[next] as number) - 1;
      waitingFor[next] = left;
      if (left === 0) order.push(next);
    }
  }
  return order.map((index) => nodes[index] as N);
}

/** The graph in numbers, which are quicker to go through than names: nodes by their place in the list. */
interface Numbered {
  /** How many different nodes each one requires. */
  readonly waitingFor: Int32Array;
  /** Where in `needers` those of each node begin; they end where those of the next begin. */
  readonly neederFrom: Int32Array;
  readonly needers: Int32Array;
}

function numbered(nodes: readonly GraphNode[]): Numbered {
  const placeOf = new Map(nodes.map(({ name }, index) => [name, index]));
  const waitingFor = new Int32Array(nodes.length);
  const neederFrom = new Int32Array(nodes.length + 1);
  const lastNeeder = new Int32Array(nodes.length).fill(-1);
  const edges: number[] = [];
  nodes.forEach(({ requires }, index) => {
    for (const name of requires) {
      const place = placeOf.get(name);
      if (place === undefined || lastNeeder[place] === index) continue;
      lastNeeder[place] = index;
      waitingFor[index] = (waitingFor[index] as number) + 1;
      neederFrom[place + 1] = (neederFrom[place + 1] as number) + 1;
      edges.push(place, index);
    }
  });
  for (let place = 0; place < nodes.length; place++)
    neederFrom[place + 1] = (neederFrom[place + 1] as number) + (neederFrom[place] as number);
  const needers = new Int32Array(edges.length / 2);
  const filled = neederFrom.slice();
  for (let at = 0; at < edges.length; at += 2) {
    const place = edges[at] as number;
    needers[filled[place] as number] = edges[at + 1] as number;
    filled[place] = (filled[place] as number) + 1;
  }
  return { waitingFor, neederFrom, needers };
}

/** The names along one cycle, the first repeated at the end; null when there is none. */
export function findCycle(nodes: readonly GraphNode[]): readonly string[] | null {
  const order = dependencyOrder(nodes);
  if (order.length === nodes.length) return null;
  const ordered = new Set(order.map((node) => node.name));
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
