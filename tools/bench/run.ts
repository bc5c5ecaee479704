/**
 * `npm run bench [-- NAME … [--n N] [--json FILE]]`: how fast, against what the same work costs at least on this machine, in this hour.
 * Prints resources a second, statements, commits and cloud calls per resource, memory, and the ratio to the floor.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import { engineLines, type EngineResult } from './engine/engine.ts';
import { templateLines, type TemplateResult } from './template.ts';

export interface BenchResult {
  readonly name: string;
  readonly n: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly statements: number;
  readonly commits: number;
  readonly cloudCalls: number;
  readonly pssMb: number;
  readonly floor: { readonly name: string; readonly seconds: number };
  readonly ratio: number;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { n: { type: 'string' }, json: { type: 'string' } } });
const names = positionals.length > 0 ? positionals : Object.keys(benches);
const results: (BenchResult | TemplateResult | EngineResult)[] = [];
let failed = 0;
for (const name of names) {
  const bench = benches[name];
  if (bench === undefined) {
    console.error(`There is no benchmark "${name}". There are: ${Object.keys(benches).join(', ')}.`);
    process.exit(2);
  }
  const n = values.n === undefined ? bench.n : Number(values.n);
  if (!Number.isInteger(n) || n < 1) {
    console.error(`--n wants a whole number, not "${values.n}".`);
    process.exit(2);
  }
  try {
    const result = await bench.run(n);
    results.push(result);
    print(result);
  } catch (error) {
    failed++;
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
process.exit(failed === 0 ? 0 : 1);

function print(r: BenchResult | TemplateResult | EngineResult): void {
  if ('cases' in r) {
    for (const line of engineLines(r)) console.log(line);
    return;
  }
  if ('sizes' in r) {
    for (const line of templateLines(r)) console.log(line);
    return;
  }
  const per = (count: number) => (count / r.n).toFixed(2);
  console.log(
    `${r.name} --n ${r.n}: ${r.seconds.toFixed(3)} s, ${r.perSecond.toFixed(0)}/s; per resource ${per(r.statements)} statements, ${per(r.commits)} commits, ` +
      `${per(r.cloudCalls)} cloud calls; ${r.pssMb.toFixed(0)} MB; ${r.ratio.toFixed(2)} × ${r.floor.name} (${r.floor.seconds.toFixed(3)} s)`,
  );
}
