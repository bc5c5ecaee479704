/**
 * `node template-size.ts RESOURCES RUNS`: one size of the template benchmark, in a process of its own so that its memory is its own. Prints what
 * it measured as JSON. The yardstick is what reading and writing the same text costs at least, in the same run.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compiledOf } from '@hearth/engine';
import { dependencyOrder } from '@hearth/graph';
import { registryOf } from '@hearth/resource-kit';
import { awsTypes } from '@hearth/resources-aws';
import { coreTypes } from '@hearth/resources-core';
import { openstackTypes } from '@hearth/resources-openstack';
import { stackUseCases } from '@hearth/stacks';
import { sampleCreate, testCaller, testStacks } from '@hearth/stacks/testing';
import type { Database } from '@hearth/store';
import { bindDefinition, emptyEnvironment, parseTemplate } from '@hearth/template';
import { rewritten } from '@hearth/template/testing';
import { sampleTemplate } from './template-sample.ts';
import { PHASES, type TemplateSize } from './template.ts';

const MB = 2 ** 20;
const WARM_UP = 1_000;
const WARM_UPS = 3;
/** Far above what a request may send: the size is what is measured here. */
const MAX_TEXT = 64 * MB;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heapUsed = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

const registry = registryOf([...coreTypes, ...openstackTypes, ...awsTypes]);
const pseudo = { stackId: 'bench', stackName: 'bench', projectId: 'p'.repeat(32) };
const judged = new Error('everything was judged');

/** A request up to the point where something would be written: everything that can be said against it was looked for. */
function judging() {
  const nothing = { query: async () => [] } as unknown as Database;
  const { ports } = testStacks({ database: nothing });
  const stacks = stackUseCases({
    ...ports,
    registry,
    constraints: { check: async (_caller, questions) => questions.map(() => null) },
    delegation: {
      create: async () => {
        throw judged;
      },
      revoke: async () => {},
    },
    limits: { ...ports.limits, templateSize: MAX_TEXT, resourcesPerStack: -1, stacksPerProject: -1 },
  });
  return async (template: string): Promise<void> => {
    await stacks.createStack(testCaller(pseudo.projectId), sampleCreate({ template })).catch((error: unknown) => {
      if (error !== judged) throw error;
    });
  };
}

/** Time of the processor, in all threads: what others do on the machine does not count. */
async function timed<T>(into: number[], work: () => T | Promise<T>): Promise<T> {
  collectGarbage();
  const begun = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(begun);
  into.push((user + system) / 1_000);
  return result;
}

type Times = { readonly [phase in (typeof PHASES)[number]]: number[] };

/** One run; gives edges, and MB held. What it made is gone when it returns, so that the next one starts with the same heap. */
async function once(text: string, resources: number, ms: Times): Promise<{ readonly references: number; readonly heldMb: number }> {
  await timed(ms.yardstick, () => rewritten(text));
  const before = heapUsed();
  const { definition, diagnostics } = await timed(ms.parse, () => parseTemplate(text, MAX_TEXT));
  if (definition === null) throw new Error(JSON.stringify(diagnostics[0]));
  const result = await timed(ms.bind, () => bindDefinition({ definition, environment: emptyEnvironment, pseudo, files: {}, strict: true }));
  const { bound } = result;
  if (bound === null) throw new Error(JSON.stringify(result.diagnostics[0]));
  const compiled = await timed(ms.graph, () => {
    const one = compiledOf('bench', bound, emptyEnvironment, registry);
    const order = dependencyOrder([...one.requires].map(([name, requires]) => ({ name, requires })));
    if (order.length !== resources) throw new Error(`${order.length} of ${resources} resources are in order`);
    return one;
  });
  const heldMb = (heapUsed() - before) / MB;
  const references = [...compiled.requires.values()].reduce((sum, requires) => sum + requires.length, 0);
  return { references, heldMb };
}

async function measure(resources: number, runs: number): Promise<TemplateSize> {
  const text = sampleTemplate(resources);
  const judge = judging();
  const ms: Times = { yardstick: [], parse: [], bind: [], graph: [], judge: [] };
  let held = { references: 0, heldMb: 0 };
  for (let run = 0; run < runs; run++) {
    held = await once(text, resources, ms);
    await timed(ms.judge, () => judge(text));
  }
  const least = Object.fromEntries(PHASES.map((phase) => [phase, Math.min(...ms[phase])])) as unknown as TemplateSize['ms'];
  return { resources, characters: text.length, ...held, ms: least, peakMb: process.resourceUsage().maxRSS / 1024 };
}

const [size, runs] = process.argv.slice(2).map(Number) as [number, number];
// Once small, so that what is measured is compiled code.
await measure(WARM_UP, WARM_UPS);
console.log(JSON.stringify(await measure(size, runs)));
