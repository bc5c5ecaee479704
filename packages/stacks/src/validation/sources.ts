/** What is to be looked at, as far as it can be had: nothing is refused for being wrong, and what cannot be fetched is noted. */
import { Failure, Refusal, type Diagnostic, type JsonObject } from '@hearth/kernel';
import { ENVIRONMENT, parseTemplate, type Definition, type Environment } from '@hearth/template';
import type { Caller } from '../caller.ts';
import { checkEnvironmentSize, checkFiles, checkInputSizes, checkTemplateSize } from '../definition-limits.ts';
import { containerFiles, ownFiles } from '../definition-sources.ts';
import type { StackPorts } from '../ports.ts';
import { fetchedTemplate, withRemoteFiles } from '../remote-files.ts';
import { readEnvironmentOf, type DefinitionInput } from '../stack-input.ts';

export interface LookedAt {
  /** As sent; null: data without a text, or a text that came as data. */
  readonly text: string | null;
  /** Null when nothing of the template could be read. */
  readonly definition: Definition | null;
  readonly environment: Environment;
  readonly files: Readonly<Record<string, string>>;
  /** Names of what would have to be fetched, each with the reason why it was not; null: nothing is fetched. */
  readonly unfetched: ReadonlyMap<string, string | null>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Refuses only what is too large to be looked at, or not there at all. */
export async function lookedAt(ports: StackPorts, caller: Caller, input: DefinitionInput, offline: boolean): Promise<LookedAt> {
  checkInputSizes(ports.limits, input);
  const source = await templateOf(ports, input, offline);
  checkTemplateSize(ports.limits, source);
  const { draft, diagnostics } = parseTemplate(source, ports.limits.templateSize);
  const sent = { ...(offline ? {} : ownFiles(await containerFiles(ports, caller, input))), ...ownFiles(input.files) };
  checkFiles(ports.limits, sent);
  for (const name of input.environmentFiles) if (Object.hasOwn(sent, name)) checkEnvironmentSize(ports.limits, sent[name] as string, name);
  const read = readEnvironmentOf(input, draft, sent, { looksOn: true });
  const { resourceRegistry } = ports.globalEnvironment;
  const environment =
    Object.keys(resourceRegistry).length === 0 ? read.environment : { ...read.environment, globalRegistry: resourceRegistry };
  const { files, unfetched } = await fetched(ports, draft, environment, sent, offline);
  // An environment that came alone has no name of its own.
  const named = (one: Diagnostic): Diagnostic => (input.environmentFiles.length === 0 ? { ...one, file: ENVIRONMENT } : one);
  const text = typeof source === 'string' ? source : null;
  return { text, definition: draft, environment, files, unfetched, diagnostics: [...diagnostics, ...read.diagnostics.map(named)] };
}

async function templateOf(ports: StackPorts, { template, templateUrl }: DefinitionInput, offline: boolean): Promise<string | JsonObject> {
  if (template !== null) return template;
  if (templateUrl === null) throw new Refusal('invalid', 'HTTPBadRequest', 'No template specified');
  if (offline) throw new Refusal('invalid', 'HTTPBadRequest', '"template_url": offline nothing is fetched; send the template itself.');
  return fetchedTemplate(ports, templateUrl);
}

type Files = Readonly<Record<string, string>>;

async function fetched(
  ports: StackPorts,
  definition: Definition | null,
  environment: Environment,
  sent: Files,
  offline: boolean,
): Promise<{ readonly files: Files; readonly unfetched: LookedAt['unfetched'] }> {
  const unfetched = new Map<string, string | null>();
  if (definition === null) return { files: sent, unfetched };
  const { remote } = ports;
  const fetchText: typeof remote.fetchText = async (url, limits) => {
    if (offline) unfetched.set(url, null);
    else
      try {
        return await remote.fetchText(url, limits);
      } catch (error) {
        if (!(error instanceof Failure || error instanceof Refusal)) throw error;
        unfetched.set(url, error.message);
      }
    return '';
  };
  const all = await withRemoteFiles({ ...ports, remote: { ...remote, fetchText } }, definition.raw, environment, sent, 'store');
  return { files: Object.fromEntries(Object.entries(all).filter(([name]) => !unfetched.has(name))), unfetched };
}
