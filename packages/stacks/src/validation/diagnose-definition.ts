/**
 * Everything that can be said of a definition, as values: nothing is refused, and one kind of error hides no other. What follows from another
 * error is left out.
 */
import { asId, Failure, Refusal, type Diagnostic, type Path, type StackId } from '@hearth/kernel';
import { compiledOf } from '@hearth/engine';
import {
  bindDefinition,
  Costs,
  diagnosisOf,
  ENVIRONMENT,
  EnvironmentPlaces,
  inMode,
  lintDefinition,
  lintText,
  type Definition,
  type Diagnosis,
  type DiagnosisMode,
  type EnvironmentSource,
  type Outside,
} from '@hearth/template';
import type { Caller } from '../caller.ts';
import { judged } from '../checked-definition.ts';
import { checkLevel } from '../checked-level.ts';
import { parameterQuestions, type Findings } from '../findings.ts';
import { outsideValues } from '../outside-values.ts';
import { ownProject } from '../own-stack.ts';
import { serviceKnowledge, type ServiceKnowledge } from '../service-knowledge.ts';
import type { StackPorts } from '../ports.ts';
import type { DefinitionInput } from '../stack-input.ts';
import { lookedAt, type LookedAt } from './sources.ts';
import { unknownConstraints } from './unknown-constraints.ts';

export interface DiagnoseDefinition extends DefinitionInput {
  readonly mode: DiagnosisMode;
  /** The cloud is not asked, and nothing is fetched. */
  readonly offline: boolean;
  /** At most so many diagnostics. */
  readonly limit: number;
}

export async function diagnoseDefinition(ports: StackPorts, caller: Caller, request: DiagnoseDefinition): Promise<Diagnosis> {
  const looked = await lookedAt(ports, caller, request, request.offline);
  const { definition } = looked;
  const found = definition === null ? [] : await problemsOf(ports, caller, request, { ...looked, definition });
  const files = request.environmentFiles.length === 0 ? [ENVIRONMENT] : request.environmentFiles;
  const remarks = looked.text === null || definition === null ? [] : lintText(looked.text);
  return diagnosisOf([...looked.diagnostics, ...found, ...remarks], files, request.limit);
}

type Readable = LookedAt & { readonly definition: Definition };

async function problemsOf(
  ports: StackPorts,
  caller: Caller,
  request: DiagnoseDefinition,
  looked: Readable,
): Promise<readonly Diagnostic[]> {
  const { definition, environment, files, unfetched } = looked;
  const ask: Asking = request.offline ? NOTHING_KNOWN : asking(ports, caller);
  let look = lookOnce(ports, caller, looked, ask);
  const troubles: Diagnostic[] = [];
  while (await told(ask.learn(), false, troubles)) look = lookOnce(ports, caller, looked, ask);
  const { found, questions, seen } = look;
  const answers = request.offline ? [] : await told(judged(ports, caller, questions), [], troubles);
  const places = new EnvironmentPlaces(environmentSources(request, files));
  const { registry } = ports;
  const problems = [...found, ...answers, ...troubles, ...leftOut(ports, caller, looked, ask, look)]
    .flatMap((one) => inMode(one, request.mode))
    .map((one) => notFetched(ports, unfetched, one));
  const declared = new Set([definition, ...seen.values()].flatMap((one) => [...one.parameters.keys()]));
  return [
    ...problems.map((one) => places.placed(one, definition)),
    ...places.unused({
      definition,
      declared,
      environment,
      types: { isKnown: (type) => registry.get(type) !== null, names: () => registry.names() },
    }),
    ...remarksOn(registry, null, definition, null),
    ...[...seen].flatMap(([file, below]) => remarksOn(registry, file, below, files[file] ?? null)),
  ];
}

/** What is asked of others than the template. */
interface Asking {
  readonly outside: Outside;
  readonly services: ServiceKnowledge;
  /** True when there is something new. */
  learn(): Promise<boolean>;
}

const NOTHING_KNOWN: Asking = {
  outside: { imported: () => null, zones: () => null },
  services: { lackOf: () => null, learn: async () => false },
  learn: async () => false,
};

function asking(ports: StackPorts, caller: Caller): Asking {
  const outside = outsideValues(ports, caller, asId<StackId>(ports.random.uuid()));
  const services = serviceKnowledge(ports, caller);
  return { outside, services, learn: async () => (await outside.learn()) || (await services.learn()) };
}

interface Look extends Findings {
  readonly seen: Map<string, Definition>;
  /** Where resources stand that conditions leave out. */
  readonly absent: readonly Path[];
}

/** What is wrong with resources that are not made with the present values: remarks, for it does no harm yet. */
function leftOut(ports: StackPorts, caller: Caller, looked: Readable, ask: Asking, { absent }: Look): readonly Diagnostic[] {
  if (absent.length === 0) return [];
  const places = new Set(absent.map((path) => JSON.stringify(path)));
  return lookOnce(ports, caller, looked, ask, true).found.flatMap((one) => {
    if (one.file != null) return [{ ...one, severity: 'warning' as const }];
    if (!places.has(JSON.stringify(one.path.slice(0, 2)))) return [];
    return [{ ...one, severity: 'warning' as const, message: `${one.message} (not made with the present values)` }];
  });
}

function lookOnce(
  ports: StackPorts,
  caller: Caller,
  { definition, environment, files }: Readable,
  { outside, services }: Asking,
  decidesNothing = false,
): Look {
  const stackName = 'validated_stack';
  const costs = new Costs();
  const pseudo = { stackId: 'None', stackName, projectId: ownProject(caller) };
  const { bound, diagnostics } = bindDefinition({
    definition,
    environment,
    costs,
    pseudo,
    files,
    outside,
    strict: true,
    looksOn: true,
    decidesNothing,
  });
  const absent = [...definition.resources.values()].filter(({ name }) => bound?.resources.has(name) === false).map(({ path }) => path);
  const look: Look = { found: [], questions: [], services, looksOn: true, seen: new Map(), absent };
  look.found.push(...diagnostics);
  if (bound === null) return look;
  look.questions.push(...parameterQuestions(bound));
  const compiled = compiledOf('unsaved', bound, environment, ports.registry);
  try {
    checkLevel(ports, caller, { compiled, stackName, depth: 0, isKnown: true, outside, costs }, look);
  } catch (error) {
    // A bound was exceeded: what was found until then is told.
    if (!(error instanceof Refusal)) throw error;
    const { type, message } = error;
    look.found.push({ severity: 'error', type, code: 'limit-exceeded', message, path: [], position: null, hint: null });
  }
  return look;
}

/** What the cloud answers; where it cannot be asked, that is told, and `otherwise` taken for the answer. */
async function told<T>(answer: Promise<T>, otherwise: T, troubles: Diagnostic[]): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const message = `what only the cloud can tell was not checked: ${error.message}`;
    troubles.push({
      severity: 'warning',
      type: 'StackValidationFailed',
      code: 'cloud-not-asked',
      message,
      path: [],
      position: null,
      hint: null,
    });
    return otherwise;
  }
}

/** That nothing was sent is not the user's fault where it was to be fetched. */
function notFetched({ remote }: StackPorts, unfetched: LookedAt['unfetched'], one: Diagnostic): Diagnostic {
  if (one.code !== 'missing-template' && one.code !== 'missing-file') return one;
  const known = [...unfetched].find(([url]) => one.message.includes(`"${url}"`));
  if (known === undefined) return one;
  const [url, reason] = known;
  const shown = remote.shownUrl(url);
  if (reason === null)
    return {
      ...one,
      severity: 'warning',
      code: 'not-fetched',
      message: `"${shown}" was not looked at: offline nothing is fetched`,
      hint: null,
    };
  const hint = 'check the URL, or send the content in "files" under that URL';
  return { ...one, code: 'cannot-fetch', message: `"${shown}" could not be fetched: ${reason}`, hint };
}

function environmentSources(request: DiagnoseDefinition, files: LookedAt['files']): readonly EnvironmentSource[] {
  if (request.environmentFiles.length === 0) return [{ file: ENVIRONMENT, source: request.environment ?? {} }];
  return request.environmentFiles.flatMap((file) => (Object.hasOwn(files, file) ? [{ file, source: files[file] as string }] : []));
}

/** `text`: to be remarked on as well; null: not here. */
function remarksOn(
  registry: StackPorts['registry'],
  file: string | null,
  definition: Definition,
  text: string | null,
): readonly Diagnostic[] {
  const remarks = [...lintDefinition(definition), ...unknownConstraints(registry, definition), ...(text === null ? [] : lintText(text))];
  return remarks.map((one) => ({ ...one, file }));
}
