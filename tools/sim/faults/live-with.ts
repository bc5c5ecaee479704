/**
 * One process that lives with one planted fault: `node live-with.ts NAME LIVES`. Prints the number of each life before it begins, and ends with the
 * first that notices. Exit code 0: noticed; 1: not noticed.
 */
import { registerHooks } from 'node:module';
import { FAULTS } from './catalogue.ts';

const [, , name, lives = '300'] = process.argv;
const planted = FAULTS.find((one) => one.name === name);
if (planted === undefined) throw new Error(`there is no fault "${name}"`);
const { module, from, to } = planted;
let isPlanted = false;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${module}`)) return loaded;
    const source = String(loaded.source);
    if (source.split(from).length !== 2) throw new Error(`${module} does not hold "${from}" once: the fault must follow the code`);
    isPlanted = true;
    return { ...loaded, source: source.replace(from, () => to) };
  },
});

const { simulateLife } = await import('../simulate.ts');
if (!isPlanted) throw new Error(`${module} was not loaded`);

for (let seed = 1; seed <= Number(lives); seed++) {
  console.log(JSON.stringify({ seed }));
  const problems = await problemsOf(seed);
  if (problems.length === 0) continue;
  console.log(JSON.stringify({ seed, problem: problems[0] }));
  process.exit(0);
}
process.exit(1);

async function problemsOf(seed: number): Promise<readonly string[]> {
  try {
    return (await simulateLife(seed)).problems;
  } catch (error) {
    return [String(error)];
  }
}
