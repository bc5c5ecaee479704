/** What the engine is measured with: each case makes a stack, changes it as it says, and deletes it. */
import {
  chainResources,
  flatResources,
  groupResources,
  type Resources,
  serverResources,
  treeFiles,
  treeResources,
  withOneChanged,
} from '../workloads.ts';

export interface StackCase {
  readonly name: string;
  readonly template: Resources;
  readonly files?: Readonly<Record<string, string>>;
  /** Resources of the whole tree, for what is told per resource. */
  readonly size: number;
  /** How many of such stacks at once; default 1. */
  readonly stacks?: number;
  readonly updates?: readonly { readonly name: string; readonly template: Resources }[];
  /** Measured once: it takes long. */
  readonly isLong?: true;
}

const flat = (n: number): StackCase => ({ name: `flat ${n}`, template: flatResources(n), size: n });

const flatWithUpdates = (n: number): StackCase => {
  const template = flatResources(n);
  return {
    ...flat(n),
    updates: [
      { name: 'no-op update', template },
      { name: 'update of one', template: withOneChanged(template) },
    ],
  };
};

const TREE_SIZE = 22;

export const LOCAL_CASES: readonly StackCase[] = [
  flat(100),
  flatWithUpdates(500),
  flat(1_000),
  { ...flatWithUpdates(10_000), isLong: true },
  { name: 'chain 100', template: chainResources(100), size: 100 },
  { name: 'chain 1000', template: chainResources(1_000), size: 1_000 },
  { name: '50 stacks of 5', template: flatResources(5), size: 5, stacks: 50 },
  { name: 'group 300', template: groupResources(300), size: 300 },
  {
    name: `tree of 1000 × ${TREE_SIZE}`,
    template: treeResources(1_000),
    files: treeFiles(TREE_SIZE),
    size: 1_000 * TREE_SIZE,
    isLong: true,
  },
];

export const SERVERS = 200;
export const SERVER_CASE: StackCase = {
  name: `${SERVERS} servers with ports`,
  template: serverResources(SERVERS),
  size: SERVERS,
  isLong: true,
};
