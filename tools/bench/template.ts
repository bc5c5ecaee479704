/**
 * `template`: what a template costs until it would be stored: reading, binding, the graph, and the whole judgement of a request to create it, at one
 * size and at a twentieth of it. Each size in a process of its own. The target is a time per resource that hardly grows.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BLOCK } from './template-sample.ts';

export const PHASES = ['yardstick', 'parse', 'bind', 'graph', 'judge'] as const;

export interface TemplateSize {
  readonly resources: number;
  readonly characters: number;
  /** Edges of the graph. */
  readonly references: number;
  /** Milliseconds of the processor for each phase, the least of all runs: what others on the machine take is left out. */
  readonly ms: Readonly<Record<(typeof PHASES)[number], number>>;
  /** MB that the parsed, bound and compiled definition holds, and the most that the process ever took. */
  readonly heldMb: number;
  readonly peakMb: number;
}

export interface TemplateResult {
  readonly name: string;
  readonly n: number;
  readonly sizes: readonly TemplateSize[];
  /** By phase, time per resource at the larger size over that at the smaller. */
  readonly ratios: TemplateSize['ms'];
}

const run = promisify(execFile);
const SMALLER = 20;
/** The larger size takes its time; the smaller is quick, and unsteady. */
const RUNS = { large: 4, small: 20 };

export async function benchTemplate(n: number): Promise<TemplateResult> {
  const large = Math.max(SMALLER * BLOCK, n - (n % (SMALLER * BLOCK)));
  const sizes = [await measured(large / SMALLER, RUNS.small), await measured(large, RUNS.large)] as const;
  const [one, other] = sizes;
  const ratio = (phase: (typeof PHASES)[number]): number => other.ms[phase] / other.resources / (one.ms[phase] / one.resources);
  const ratios = Object.fromEntries(PHASES.map((phase) => [phase, ratio(phase)])) as unknown as TemplateSize['ms'];
  return { name: 'template', n: large, sizes, ratios };
}

async function measured(resources: number, runs: number): Promise<TemplateSize> {
  const script = new URL('template-size.ts', import.meta.url).pathname;
  const flags = ['--disable-warning=ExperimentalWarning', script, String(resources), String(runs)];
  const { stdout } = await run(process.execPath, flags, { maxBuffer: 2 ** 20 });
  return JSON.parse(stdout) as TemplateSize;
}

export function templateLines({ name, sizes, ratios }: TemplateResult): readonly string[] {
  const lines = sizes.map(({ resources, characters, references, ms, heldMb, peakMb }) => {
    const phases = PHASES.map((phase) => `${phase} ${ms[phase].toFixed(1)} ms (${((1_000 * ms[phase]) / resources).toFixed(1)} µs each)`);
    const memory = `holds ${heldMb.toFixed(0)} MB, peak ${peakMb.toFixed(0)} MB`;
    const yardsticks = (ms.judge / ms.yardstick).toFixed(2);
    return `${name} --n ${resources}: ${references} references, ${characters} characters; ${phases.join(', ')}; judge is ${yardsticks} × yardstick; ${memory}`;
  });
  const grown = PHASES.map((phase) => `${phase} ${ratios[phase].toFixed(2)}`).join(', ');
  return [...lines, `${name}: time per resource at the larger size is × that at the smaller: ${grown}`];
}
