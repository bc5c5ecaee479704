/**
 * One process that runs a file of tests with one planted fault: `node test-with.ts NAME`. Prints the first test that fails. Exit code 0: noticed; 1: not
 * noticed, or the tests cannot be run.
 */
import { readFileSync } from 'node:fs';
import { startVitest } from 'vitest/node';
import { faultOf } from './catalogue.ts';
import { moduleOf, planted, ROOT } from './fault.ts';

const fault = faultOf(process.argv[2]);
const module = moduleOf(fault);
let isPlanted = false;

const vitest = await startVitest(
  [fault.by],
  { root: ROOT, watch: false, bail: 1, maxWorkers: 1, reporters: [{}], fsModuleCache: false },
  {
    plugins: [
      {
        name: 'planted-fault',
        enforce: 'pre',
        load(id: string) {
          if (id.split('?')[0] !== module) return null;
          isPlanted = true;
          return planted(readFileSync(module, 'utf8'), fault);
        },
      },
    ],
  },
);
const tests = vitest.state.getTestModules().flatMap((one) => [...one.children.allTests()]);
const failed = tests.find((test) => test.result().state === 'failed');
await vitest.close();
if (!isPlanted || tests.length === 0) throw new Error(`${fault.by} does not use ${module}, or cannot be run`);
if (failed !== undefined) {
  const problem = failed.result().errors?.[0]?.message.split('\n')[0] ?? '';
  console.log(JSON.stringify({ what: fault.by, problem: `${failed.fullName}: ${problem}` }));
}
process.exit(failed === undefined ? 1 : 0);
