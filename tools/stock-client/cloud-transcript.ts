/** Runs the declared commands of the cloud transcript against a cloud and says what was not as wanted. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { balancingChapter } from './cloud-balancing.ts';
import { computeFactsChapter } from './cloud-compute-facts.ts';
import { identityAdminChapter, identityOwnChapter } from './cloud-identity.ts';
import { imageChapter } from './cloud-images.ts';
import { networkChapter } from './cloud-network.ts';
import { networkPolicyChapter } from './cloud-network-rules.ts';
import { objectChapter } from './cloud-objects.ts';
import { refusalChapter } from './cloud-refusals.ts';
import { computeVolumesChapter } from './cloud-server-volumes.ts';
import { computeChapter } from './cloud-servers.ts';
import type { CloudShell, CommandEnd, Exchange } from './cloud-shell.ts';
import type { CloudChapter, CloudStep, Wanted, WantedFields, Who } from './cloud-step.ts';
import { volumeChapter } from './cloud-volumes.ts';

/** All chapters, the longest first so that none is left alone at the end. */
export const CLOUD_CHAPTERS: readonly CloudChapter[] = [
  computeChapter,
  balancingChapter,
  computeVolumesChapter,
  networkChapter,
  identityAdminChapter,
  volumeChapter,
  networkPolicyChapter,
  identityOwnChapter,
  imageChapter,
  refusalChapter,
  objectChapter,
  computeFactsChapter,
];

export interface CloudUnderTest {
  readonly cloudsFile: string;
  readonly authUrl: string;
  /** Names of the file's clouds for each user. */
  readonly clouds: Readonly<Record<Who, string>>;
}

export interface TranscriptRun {
  readonly shell: CloudShell;
  readonly cloud: CloudUnderTest;
  /** Begins every name that is made, so that two runs do not meet. */
  readonly tag: string;
  /** Files for uploads are written here. */
  readonly folder: string;
  readonly chapters?: readonly CloudChapter[];
  /** How many chapters go on at once. */
  readonly abreast?: number;
  readonly onStep?: (step: StepResult) => void;
}

export interface StepResult {
  readonly chapter: string;
  /** Begins the names that the chapter made; others of the run begin with the same word and another letter. */
  readonly tag: string;
  readonly name: string;
  /** The command line as it was run. */
  readonly command: string;
  readonly problem: string | null;
  /** Of the last attempt. */
  readonly exchanges: readonly Exchange[];
}

const EVENTUALLY_MS = 60_000;
const PAUSE_MS = 500;
const FIRST_LETTER = 'a'.codePointAt(0) ?? 0;
const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl transcript\n';

export async function cloudTranscript(run: TranscriptRun): Promise<readonly StepResult[]> {
  writeFileSync(path.join(run.folder, 'image.raw'), Buffer.alloc(4096, 'hearth'));
  writeFileSync(path.join(run.folder, 'object.txt'), 'what an object holds\n');
  writeFileSync(path.join(run.folder, 'key.pub'), PUBLIC_KEY);
  const chapters = [...(run.chapters ?? CLOUD_CHAPTERS)];
  const results: StepResult[] = [];
  const strand = async () => {
    for (let chapter = chapters.shift(); chapter !== undefined; chapter = chapters.shift())
      results.push(...(await playChapter(run, chapter)));
  };
  await Promise.all(Array.from({ length: run.abreast ?? 3 }, strand));
  return results;
}

async function playChapter(run: TranscriptRun, chapter: CloudChapter): Promise<readonly StepResult[]> {
  const tag = `${run.tag}${String.fromCodePoint(FIRST_LETTER + CLOUD_CHAPTERS.indexOf(chapter))}`;
  const kept = new Map<string, string>([
    ['tag', tag],
    ['folder', run.folder],
  ]);
  const results: StepResult[] = [];
  for (const step of chapter.steps) {
    const result = { chapter: chapter.name, tag, ...(await playStep(run, step, kept)) };
    results.push(result);
    run.onStep?.(result);
  }
  for (const { run: line, as } of chapter.sweep) {
    const words = wordsOf(line, kept);
    if (typeof words !== 'string') await run.shell.run(run.cloud.cloudsFile, run.cloud.clouds[as ?? 'admin'], words);
  }
  return results;
}

async function playStep(run: TranscriptRun, step: CloudStep, kept: Map<string, string>): Promise<Omit<StepResult, 'chapter' | 'tag'>> {
  const words = wordsOf(step.run, kept);
  if (typeof words === 'string') {
    return { name: step.name, command: step.run, problem: `"${words}" is not known: an earlier step failed`, exchanges: [] };
  }
  const argv = step.shows !== undefined || step.lists !== undefined ? [...words, '-f', 'json'] : words;
  const giveUp = Date.now() + EVENTUALLY_MS;
  for (;;) {
    const end = await run.shell.run(...accessOf(run, step, kept), argv);
    const problem = problemOf(step, end, kept);
    if (problem === null || step.eventually !== true || Date.now() > giveUp) {
      return { name: step.name, command: `openstack ${argv.join(' ')}`, problem, exchanges: end.exchanges };
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** The file and the cloud in it that a step logs in with; a login of its own gets a file of its own. */
function accessOf(run: TranscriptRun, step: CloudStep, kept: ReadonlyMap<string, string>): [cloudsFile: string, cloud: string] {
  if (step.login === undefined) return [run.cloud.cloudsFile, run.cloud.clouds[step.as ?? 'demo']];
  const { type, ...settings } = step.login;
  const auth = { auth_url: run.cloud.authUrl };
  for (const [name, value] of Object.entries(settings)) Object.assign(auth, { [name]: filled(value, kept) });
  const cloudsFile = path.join(run.folder, `${step.name.replace(/\W+/g, '-')}.yaml`);
  // JSON is YAML too.
  const entry = { auth_type: type, auth, region_name: 'RegionOne', identity_api_version: '3', interface: 'public' };
  writeFileSync(cloudsFile, JSON.stringify({ clouds: { own: entry } }), { mode: 0o600 });
  return [cloudsFile, 'own'];
}

/** What is not as wanted, in words; fills placeholders when all is. */
function problemOf(step: CloudStep, end: CommandEnd, kept: Map<string, string>): string | null {
  const code = step.code ?? (step.refuses === undefined ? 0 : 1);
  const all = `${end.stdout}${end.stderr}`.trim();
  if (end.code !== code) return `exit code ${end.code} instead of ${code}: ${all.slice(0, 1500)}`;
  const pattern = step.refuses ?? step.says;
  if (pattern !== undefined && !pattern.test(all)) return `said nothing like ${pattern}: ${all.slice(0, 1500)}`;
  if (step.shows === undefined && step.lists === undefined) return null;
  let shown: unknown;
  try {
    shown = JSON.parse(end.stdout);
  } catch {
    return `printed no JSON: ${all.slice(0, 500)}`;
  }
  const found = step.shows === undefined ? rowOf(step, shown, kept) : fieldsOf(shown, step.shows, kept);
  if (typeof found === 'string') return found;
  for (const [placeholder, field] of Object.entries(step.keeps ?? {})) {
    const value = found[field];
    if (value === undefined || value === null) return `there is no "${field}" to keep in ${JSON.stringify(found).slice(0, 500)}`;
    kept.set(placeholder, String(value));
  }
  return null;
}

type Row = Readonly<Record<string, unknown>>;

function fieldsOf(shown: unknown, wanted: WantedFields, kept: ReadonlyMap<string, string>): Row | string {
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) return `no fields: ${JSON.stringify(shown).slice(0, 300)}`;
  const row = shown as Row;
  for (const [field, value] of Object.entries(wanted)) {
    if (!(field in row)) return `there is no field "${field}" among ${Object.keys(row).join(', ')}`;
    if (!isAsWanted(row[field], value, kept)) return `"${field}" is ${JSON.stringify(row[field])?.slice(0, 500)}, not ${String(value)}`;
  }
  return row;
}

function rowOf(step: CloudStep, shown: unknown, kept: ReadonlyMap<string, string>): Row | string {
  const { columns, has, lacks } = step.lists ?? { columns: [] };
  if (!Array.isArray(shown)) return `no rows: ${JSON.stringify(shown).slice(0, 300)}`;
  const rows = shown as readonly Row[];
  for (const row of rows) {
    const missing = columns.filter((column) => !(column in row));
    if (missing.length > 0) return `rows lack ${missing.join(', ')}; they have ${Object.keys(row).join(', ')}`;
  }
  const fits = (row: Row, wanted: WantedFields) => Object.entries(wanted).every(([field, value]) => isAsWanted(row[field], value, kept));
  if (lacks !== undefined && rows.some((row) => fits(row, lacks))) return `a row is there that should not: ${words(lacks, kept)}`;
  if (has === undefined) return rows[0] ?? {};
  return rows.find((row) => fits(row, has)) ?? `no row with ${words(has, kept)} among ${JSON.stringify(rows).slice(0, 1500)}`;
}

const words = (wanted: WantedFields, kept: ReadonlyMap<string, string>): string =>
  Object.entries(wanted)
    .map(([field, value]) => `${field} = ${typeof value === 'string' ? filled(value, kept) : String(value)}`)
    .join(', ');

function isAsWanted(value: unknown, wanted: Wanted, kept: ReadonlyMap<string, string>): boolean {
  if (wanted instanceof RegExp) return wanted.test(typeof value === 'string' ? value : JSON.stringify(value));
  if (typeof wanted !== 'string') return value === wanted;
  return (typeof value === 'string' ? value : JSON.stringify(value)) === filled(wanted, kept);
}

const filled = (text: string, kept: ReadonlyMap<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => kept.get(name) ?? whole);

/** The words of a line with placeholders filled, or the first placeholder that nobody filled. */
function wordsOf(line: string, kept: ReadonlyMap<string, string>): readonly string[] | string {
  const unknown = [...line.matchAll(/\{(\w+)\}/g)].find(([, name]) => !kept.has(name ?? ''));
  if (unknown !== undefined) return unknown[1] ?? '';
  return (line.match(/(?:[^\s']|'[^']*')+/g) ?? []).map((word) => filled(word.replaceAll("'", ''), kept));
}
