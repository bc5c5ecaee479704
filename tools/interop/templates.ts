/**
 * Templates beside real Heat: the same requests to validate to Heat and to Hearth in its place, on the same services. Status and, when
 * both accept, the whole answer must be the same, or the difference be one of those in templates-explained.ts, which docs/compatibility.md
 * lists.
 */
import type { Rest } from '../server/rest.ts';
import { removeFolder, temporaryFolder } from '../server/server-process.ts';
import { lacking, templatesFolder } from '../test/needs.ts';
import { keepSection } from './kept-section.ts';
import type { InteropOptions, InteropReport } from './run.ts';
import { bringUp, startOnTestbed, testbedLogin } from './testbed.ts';
import type { Types } from './templates-base.ts';
import { differenceOf, groupedLines, judgeTemplates } from './templates-compare.ts';
import { explainedSection, explainedTemplates } from './templates-explained.ts';
import { generatedCases, type TemplateCase } from './templates-generator.ts';
import { knownTypes, type LookAnswer } from './templates-look.ts';
import { realCases } from './templates-real.ts';

const SEED = '1';
const COUNT = 2000;
const AT_ONCE = 3;

export async function templatesOnTestbed(testbed: string, { write, seed, count }: InteropOptions): Promise<InteropReport> {
  bringUp(testbed, ['heat']);
  const folder = temporaryFolder('templates');
  const server = await startOnTestbed(`${folder}/server`);
  try {
    const rest = await testbedLogin('demo');
    const bases = [rest.endpoint('orchestration'), `${(server.ready.orchestration as string).replace(/\/+$/, '')}/${rest.projectId}`];
    const cases = casesOf(seed ?? SEED, count ?? COUNT, await offeredTypes(rest, bases));
    const [heat, ours] = await Promise.all(bases.map((base) => answers(`${base}/validate`, rest.token, cases)));
    return compared(cases, heat ?? [], ours ?? [], write);
  } finally {
    await server.stop();
    removeFolder(folder);
  }
}

/** Types that both offer here: where a service is not there, nothing else of a template is looked at. */
async function offeredTypes(rest: Rest, bases: readonly string[]): Promise<Types> {
  const offers = await Promise.all(
    bases.map(
      async (base) => (await rest.call<{ resource_types: readonly string[] }>('GET', `${base}/resource_types`)).body.resource_types,
    ),
  );
  return knownTypes().filter(({ name }) => offers.every((offered) => offered.includes(name)));
}

function casesOf(seed: string, count: number, types: Types): readonly TemplateCase[] {
  const lack = lacking('templates');
  const real = lack === null ? realCases(templatesFolder()) : [];
  if (lack !== null) console.log(`No real templates are asked about: ${lack}`);
  console.log(`${real.length} requests with real templates, ${count} generated ones over ${types.length} types with --seed ${seed}`);
  return [...real, ...generatedCases(seed, count, types)];
}

async function answers(url: string, token: string, cases: readonly TemplateCase[]): Promise<readonly LookAnswer[]> {
  const found: LookAnswer[] = [];
  const left = [...cases.entries()];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [number, { body }] = next;
      const headers = { 'x-auth-token': token, 'content-type': 'application/json' };
      const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      found[number] = { status: reply.status, body: parsed(await reply.text()) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/** What is no JSON (Heat writes NaN into it) is its text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function compared(cases: readonly TemplateCase[], heat: readonly LookAnswer[], ours: readonly LookAnswer[], write: boolean): InteropReport {
  const found = cases.flatMap((one, i) => differenceOf(one, heat[i] as LookAnswer, ours[i] as LookAnswer) ?? []);
  const { explained, unexplained } = judgeTemplates(found, explainedTemplates);
  const accepted = heat.filter(({ status }, i) => status === 200 && ours[i]?.status === 200).length;
  const refused = heat.filter(({ status }, i) => status === 400 && ours[i]?.status === 400).length;
  console.log(`${accepted} accepted by both, ${refused} refused by both`);
  for (const [{ what }, differences] of explained) console.log(`explained, ${differences.length} ×: ${what}`);
  for (const { what } of explainedTemplates.filter((entry) => !explained.has(entry))) console.log(`explained, not seen this time: ${what}`);
  const { current } = keepSection('templates', explainedSection(), write);
  const crashes = ours.filter(({ status }) => status >= 500).length;
  const differences = [
    ...groupedLines(unexplained),
    ...(crashes === 0 ? [] : [`${crashes} requests that Hearth answered with 500`]),
    ...(current ? [] : ['docs/compatibility.md is out of date: run with --write']),
  ];
  return { passed: cases.length - unexplained.length, failed: unexplained.length + crashes + (current ? 0 : 1), differences };
}
