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

/** `isChanged`: then updated with nothing changed, and with one resource changed. */
export const flatCase = (n: number, isChanged = false): StackCase => {
  const template = flatResources(n);
  const updates = [
    { name: 'no-op update', template },
    { name: 'update of one', template: withOneChanged(template) },
  ];
  return { name: `flat ${n}`, template, size: n, ...(isChanged ? { updates } : {}) };
};
export const chainCase = (n: number): StackCase => ({ name: `chain ${n}`, template: chainResources(n), size: n });
export const groupCase = (n: number): StackCase => ({ name: `group ${n}`, template: groupResources(n), size: n });
export const concurrentCase: StackCase = { name: '50 stacks of 5', template: flatResources(5), size: 5, stacks: 50 };

const TREE_SIZE = 22;

export const LOCAL_CASES: readonly StackCase[] = [
  flatCase(100),
  flatCase(500, true),
  flatCase(1_000),
  { ...flatCase(10_000, true), isLong: true },
  chainCase(100),
  chainCase(1_000),
  concurrentCase,
  groupCase(300),
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
