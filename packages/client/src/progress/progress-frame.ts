/** One picture of a stack on its way, as lines for a terminal that is redrawn: a tree with a mark and a status for each resource. Pure. */
import type { StackResource, StackSummary } from '../stack-shapes.ts';
import { resourceTree, type TreeRow } from './resource-tree.ts';
import { markOf, type Phase, phaseOf, shortType } from './phase.ts';

export interface FrameOptions {
  readonly columns: number;
  /** At most so many lines; what is complete gives way first. */
  readonly rows: number;
  readonly colour: boolean;
  readonly elapsedMs: number;
}

/** Whose tree it is. */
export type StackHead = Pick<StackSummary, 'name' | 'status'>;

const NAME_COLUMNS = 48;
const FRAME = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const COLOURS: Readonly<Record<Phase, string>> = { done: '\u001b[32m', failed: '\u001b[31m', working: '\u001b[36m', waiting: '\u001b[2m' };
const PLAIN = '\u001b[0m';

export function progressFrame(stack: StackHead, resources: readonly StackResource[], options: FrameOptions): readonly string[] {
  return treeFrame(stack, resourceTree(resources), options);
}

/** The same for a tree that stands already. */
export function treeFrame(stack: StackHead, tree: readonly TreeRow[], options: FrameOptions): readonly string[] {
  const room = Math.max(1, options.rows - 2);
  const shown = tree.length <= room ? tree : mostTelling(tree, room - 1);
  const nameWidth = Math.min(NAME_COLUMNS, Math.max(...shown.map((row) => row.branch.length + row.resource.name.length), 0));
  const lines = shown.map((row) => rowLine(row, nameWidth, options));
  if (shown.length < tree.length) lines.push(fit(`  … and ${tree.length - shown.length} more`, options.columns));
  return [headLine(stack, tree, options), ...lines];
}

function headLine(stack: StackHead, tree: readonly TreeRow[], options: FrameOptions): string {
  const done = tree.filter(({ resource }) => phaseOf(resource.status) === 'done').length;
  const seconds = (options.elapsedMs / 1000).toFixed(1);
  return fit(`${stack.name}  ${stack.status}  ${done}/${tree.length} resources  ${seconds} s`, options.columns);
}

function rowLine({ resource, branch, sinceMs }: TreeRow, nameWidth: number, options: FrameOptions): string {
  const phase = phaseOf(resource.status);
  const mark = phase === 'working' ? (FRAME[Math.floor(options.elapsedMs / 100) % FRAME.length] as string) : markOf(phase);
  const name = fit(`${branch}${resource.name}`, nameWidth).padEnd(nameWidth);
  const why = phase === 'failed' ? `  ${resource.reason.replaceAll(/\s+/g, ' ')}` : '';
  const begun = sinceMs === undefined || phase !== 'working' ? '' : `  ${Math.max(0, (options.elapsedMs - sinceMs) / 1000).toFixed(1)} s`;
  const line = fit(`${mark} ${name}  ${shortType(resource.type).padEnd(22)}  ${resource.status}${begun}${why}`, options.columns);
  return options.colour ? `${COLOURS[phase]}${line}${PLAIN}` : line;
}

/** Failed ones first, then those at work, then the waiting; in the order of the tree. */
function mostTelling(tree: readonly TreeRow[], room: number): readonly TreeRow[] {
  const order: readonly Phase[] = ['failed', 'working', 'waiting', 'done'];
  const ranked = tree.map((row, place) => ({ row, place, rank: order.indexOf(phaseOf(row.resource.status)) }));
  const chosen = ranked.toSorted((a, b) => a.rank - b.rank || a.place - b.place).slice(0, Math.max(0, room));
  return chosen.toSorted((a, b) => a.place - b.place).map(({ row }) => row);
}

function fit(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
