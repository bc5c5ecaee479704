/** What many lives came to. */
import type { LifeReport } from './simulate.ts';

const MOST_PRINTED = 10;
const SUMMED = ['kills', 'nested', 'requests', 'calls', 'watched'] as const;

export class LivesReport {
  lives = 0;
  failed = 0;
  readonly differences: string[] = [];
  readonly #endings = new Map<string, number>();
  readonly #sums = { kills: 0, nested: 0, requests: 0, calls: 0, watched: 0 };

  add(life: LifeReport): void {
    this.lives++;
    for (const key of SUMMED) this.#sums[key] += life[key];
    this.#endings.set(life.final, (this.#endings.get(life.final) ?? 0) + 1);
    if (life.problems.length === 0) return;
    this.failed++;
    for (const problem of life.problems) this.differences.push(`seed ${life.seed}: ${problem}`);
    if (this.failed <= MOST_PRINTED) console.log(`seed ${life.seed}: ${life.problems.join('; ')}`);
  }

  text(): string {
    const { kills, nested, requests, calls, watched } = this.#sums;
    const endings = [...this.#endings].map(([state, n]) => `${state} ${n}`).join(', ');
    return `${this.lives} lives, ${requests} requests, ${kills} owners that died or lost their lease, ${nested} nested stacks, ${calls} calls; the rules asked after each of ${watched} commits; ended ${endings}`;
  }
}
