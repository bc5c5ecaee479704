/** Seeded lives through the production port, several at once on one database. */
import type { Database, SecretBox } from '@hearth/store';
import { postgresBacking } from './postgres-backing.ts';
import { type LifeReport, simulateLife } from './simulate.ts';

const AT_ONCE = 8;
/** Small stacks: what the two stores make of a write does not depend on how many rows there are, and so there can be more lives. */
const MOST_RESOURCES = 3;

export async function livesOnPostgres(
  database: Database,
  box: SecretBox,
  seeds: readonly number[],
  onLife: (life: LifeReport) => void,
): Promise<void> {
  const left = [...seeds];
  const work = async (): Promise<void> => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift())
      onLife(await simulateLife(seed, (memory, watch) => postgresBacking(database, box, memory, watch), MOST_RESOURCES));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
