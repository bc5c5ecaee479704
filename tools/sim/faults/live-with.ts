/**
 * One process that lives with one planted fault: `node live-with.ts NAME LIVES`. Prints what it lives before it begins, and ends with the first that
 * notices. Exit code 0: noticed; 1: not noticed.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { faultOf } from './catalogue.ts';
import { moduleOf, planted } from './fault.ts';

const [, , name, lives = '300'] = process.argv;
const fault = faultOf(name);
const module = moduleOf(fault);
const place = pathToFileURL(module).href;
let isPlanted = false;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== place) return loaded;
    isPlanted = true;
    return { ...loaded, source: planted(String(loaded.source), fault) };
  },
});

type Problems = readonly string[];
const { simulateLife } = await import('../simulate.ts');
const { runScenario } = await import('../scenario-run.ts');
const { allScenarios } = await import('../scenarios/all.ts');
if (!isPlanted) throw new Error(`${module} was not loaded`);

await (fault.by === 'scenarios' ? liveScenarios() : liveLives());
process.exit(1);

async function liveLives(): Promise<void> {
  for (let seed = 1; seed <= Number(lives); seed++) await live(`life ${seed}`, async () => (await simulateLife(seed)).problems);
}

/** Undisturbed first: what is noticed so is told most clearly. */
async function liveScenarios(): Promise<void> {
  const commits = new Map<string, number>();
  for (const scenario of allScenarios)
    await live(scenario.name, async () => {
      const lived = await runScenario(scenario);
      commits.set(scenario.name, lived.commits);
      return lived.problems;
    });
  for (const scenario of allScenarios)
    for (let dieAt = 1; dieAt <= (commits.get(scenario.name) ?? 0); dieAt++)
      await live(`${scenario.name}, killed at commit ${dieAt}`, async () => (await runScenario(scenario, dieAt)).problems);
}

async function live(what: string, work: () => Promise<Problems>): Promise<void> {
  console.log(JSON.stringify({ what }));
  const [problem] = await work().catch((error: unknown): Problems => [String(error)]);
  if (problem === undefined) return;
  console.log(JSON.stringify({ what, problem }));
  process.exit(0);
}
