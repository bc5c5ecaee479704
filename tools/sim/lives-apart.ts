/** A process of its own for some seeds: it is sent them, lives them, and sends back what came of them. */
import { simulateLife, type LifeReport } from './simulate.ts';

const AT_ONCE = 100;

process.once('message', (seeds: readonly number[]) => {
  live(seeds).then(
    () => process.disconnect(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function live(seeds: readonly number[]): Promise<void> {
  let lives: LifeReport[] = [];
  for (const seed of seeds) {
    lives.push(await simulateLife(seed));
    if (lives.length < AT_ONCE) continue;
    process.send?.(lives);
    lives = [];
  }
  process.send?.(lives);
}
