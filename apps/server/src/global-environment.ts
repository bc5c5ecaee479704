/**
 * The operator's environment: files of a folder, read once at the start, or what is built in; what it maps counts for every stack below its own
 * environment.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { diagnosticText, Failure, isJsonObject, type Json, type JsonObject, messageOf } from '@hearth/kernel';
import { DEFAULT_STACK_LIMITS, GLOBAL_FILE_PREFIX, type GlobalEnvironment } from '@hearth/stacks';
import { appliedRegistry, parseEnvironment, parseTemplate } from '@hearth/template';

const SETTING = 'HEARTH_ENVIRONMENT_DIR';

/** Names that old templates know, each with what it has become. A mapping to a type that is not there is no mapping. */
const OLD_NAMES: JsonObject = {
  'OS::Quantum*': 'OS::Neutron*',
  'OS::Metering::Alarm': 'OS::Aodh::Alarm',
  'OS::Ceilometer::Alarm': 'OS::Aodh::Alarm',
  'OS::Ceilometer::GnocchiResourcesAlarm': 'OS::Aodh::GnocchiResourcesAlarm',
  'OS::Ceilometer::GnocchiAggregationByMetricsAlarm': 'OS::Aodh::GnocchiAggregationByMetricsAlarm',
  'OS::Ceilometer::GnocchiAggregationByResourcesAlarm': 'OS::Aodh::GnocchiAggregationByResourcesAlarm',
  'OS::Ceilometer::CombinationAlarm': 'OS::Aodh::CombinationAlarm',
};
/** Types of CloudFormation that templates of ours stand for. */
const OWN_TEMPLATES: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'cloudwatch-alarm.yaml',
  'AWS::RDS::DBInstance': 'rds-instance.yaml',
};
const OWN_FOLDER = fileURLToPath(new URL('../templates', import.meta.url));
const MOST_FILES = 500;

/** Files in the order of their names, hidden ones left out; later ones win. Throws `Failure('configuration')` that names the file. */
export async function readGlobalEnvironment(folder: string | null): Promise<GlobalEnvironment> {
  if (folder === null) return builtIn();
  const names = await namesIn(folder);
  let registry: JsonObject = {};
  for (const name of names) {
    const path = join(folder, name);
    registry = registryOf(path, await textOf(path, DEFAULT_STACK_LIMITS.environmentSize), registry);
  }
  return withTemplates(registry, folder);
}

async function builtIn(): Promise<GlobalEnvironment> {
  const templates = Object.entries(OWN_TEMPLATES).map(([type, file]) => [type, pathToFileURL(join(OWN_FOLDER, file)).href] as const);
  return withTemplates({ ...OLD_NAMES, ...Object.fromEntries(templates) }, OWN_FOLDER);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    names = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  } catch (error) {
    throw wrong(
      folder,
      `the folder cannot be read (${messageOf(error)})`,
      'name a folder that the server may read, or leave the setting out',
    );
  }
  if (names.length > MOST_FILES) throw wrong(folder, `it has more than ${MOST_FILES} files`, 'name a folder with environment files only');
  return [...names].sort();
}

async function textOf(path: string, most: number): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw wrong(path, `it cannot be read (${messageOf(error)})`, 'give the server the right to read it, or take it away');
  }
  if (text.length > most) throw wrong(path, `it has more than ${most} characters`, 'divide it');
  return text;
}

function registryOf(path: string, text: string, below: JsonObject): JsonObject {
  const { environment, diagnostics } = parseEnvironment(text, below);
  const error = diagnostics[0];
  if (error !== undefined) throw wrong(path, diagnosticText(error), 'correct the file');
  const { parameters, parameterDefaults, eventSinks } = environment;
  const isMore = Object.keys(parameters).length + Object.keys(parameterDefaults).length + eventSinks.length > 0;
  if (isMore)
    throw wrong(path, 'it says more than a resource_registry', 'parameters, defaults and sinks belong to the environment of each stack');
  return appliedRegistry({}, environment.resourceRegistry);
}

/** Templates named by `file://` under names of their own, so that no user can name a file of the server. */
async function withTemplates(registry: JsonObject, folder: string): Promise<GlobalEnvironment> {
  const files = new Map<string, string>();
  const paths = new Map<string, string>();
  const rewritten = async (level: JsonObject): Promise<JsonObject> => {
    const entries: [string, Json][] = [];
    for (const [key, value] of Object.entries(level)) {
      if (isJsonObject(value)) entries.push([key, await rewritten(value)]);
      else if (typeof value !== 'string' || !value.startsWith('file:')) entries.push([key, value]);
      else {
        const path = pathOf(value, folder);
        const name = `${GLOBAL_FILE_PREFIX}${basename(path)}`;
        const other = paths.get(name);
        if (other !== undefined && other !== path)
          throw wrong(folder, `two templates are called ${basename(path)}: ${other} and ${path}`, 'give them different names');
        paths.set(name, path);
        if (other === undefined) files.set(name, await templateText(path));
        entries.push([key, name]);
      }
    }
    return Object.fromEntries(entries);
  };
  const resourceRegistry = await rewritten(registry);
  return { resourceRegistry, files: Object.fromEntries(files) };
}

function pathOf(url: string, folder: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw wrong(folder, `"${url}" is not the URL of a file`, 'write for example file:///etc/hearth/templates/server.yaml');
  }
}

async function templateText(path: string): Promise<string> {
  if (!/\.(yaml|template)$/.test(path)) throw wrong(path, 'names of templates end in .yaml or .template', 'rename the file');
  const text = await textOf(path, DEFAULT_STACK_LIMITS.templateSize);
  const { definition, diagnostics } = parseTemplate(text);
  if (definition === null)
    throw wrong(path, diagnostics[0] === undefined ? 'it is no template' : diagnosticText(diagnostics[0]), 'correct the template');
  return text;
}

const wrong = (place: string, what: string, remedy: string): Failure =>
  new Failure('configuration', `Setting ${SETTING}: ${place}: ${what}. What to do: ${remedy}.`);
