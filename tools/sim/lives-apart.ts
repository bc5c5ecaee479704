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
    await told(lives);
    lives = [];
  }
  await told(lives);
}

/** Waited for: who is not heard any more goes on for nobody. */
const told = (lives: readonly LifeReport[]): Promise<void> =>
  new Promise((resolve, reject) => process.send?.(lives, (error: Error | null) => (error === null ? resolve() : reject(error))));
