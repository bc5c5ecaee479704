/**
 * Everything that can be said of a definition without knowing any type of resource and without asking anybody: syntax, sections, functions, references,
 * conditions, parameters, environments; of each template that was brought along as well.
 */
import type { Diagnostic, Json } from '@hearth/kernel';
import { bindDefinition } from '../binding/bind-definition.ts';
import type { Outside } from '../binding/outside.ts';
import type { Environment } from '../definition/bound.ts';
import type { Definition } from '../definition/definition.ts';
import { mergeEnvironmentFiles, parameterTypes, readsAsTemplate } from '../environment/merge-environments.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { lintDefinition } from '../lint/lint-definition.ts';
import { lintText } from '../lint/lint-text.ts';
import { parseTemplate } from '../parse-template.ts';
import { diagnosisOf, inMode, type Diagnosis, type DiagnosisMode } from './diagnosis.ts';
import { EnvironmentPlaces } from './environment-places.ts';

export interface AloneInput {
  readonly template: string;
  readonly parameters: Readonly<Record<string, Json>>;
  /** Names in `files`, in their order. */
  readonly environmentFiles: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly mode: DiagnosisMode;
  readonly limit: number;
}

export function diagnoseAlone(input: AloneInput): Diagnosis {
  const { template, parameters, environmentFiles, files, mode } = input;
  const { draft, diagnostics } = parseTemplate(template);
  const contents = environmentFiles.map((name) => ({ name, content: files[name] ?? null }));
  const types = draft === null ? new Map() : parameterTypes(draft, files);
  const merged = mergeEnvironmentFiles({ parameters, files: contents, types, looksOn: true });
  const environment = { ...merged.draft, parameters: { ...merged.draft.parameters, ...parameters } };
  const found = [...diagnostics, ...merged.diagnostics, ...(draft === null ? [] : lintText(template))];
  const below = Object.entries(files).filter(([name, text]) => !environmentFiles.includes(name) && readsAsTemplate(text));
  const drafts: Definition[] = [];
  for (const [name, text] of below) {
    const one = parseTemplate(text);
    if (one.draft !== null) drafts.push(one.draft);
    const bound = one.draft === null ? [] : [...boundProblems(one.draft, emptyEnvironment, files, 'lenient'), ...lintText(text)];
    found.push(...[...one.diagnostics, ...bound].map((problem) => ({ ...problem, file: name })));
  }
  if (draft !== null) {
    const places = new EnvironmentPlaces(
      contents.flatMap(({ name, content }) => (content === null ? [] : [{ file: name, source: content }])),
    );
    const declared = new Set([draft, ...drafts].flatMap((one) => [...one.parameters.keys()]));
    found.push(...boundProblems(draft, environment, files, mode).map((one) => places.placed(one, draft)));
    found.push(...places.unused({ definition: draft, declared, environment, types: null }));
  }
  return diagnosisOf(found, environmentFiles, input.limit);
}

const NOTHING_KNOWN: Outside = { imported: () => null, zones: () => null };
const PSEUDO = { stackId: 'None', stackName: 'validated_stack', projectId: 'None' };

function boundProblems(
  definition: Definition,
  environment: Environment,
  files: AloneInput['files'],
  mode: DiagnosisMode,
): readonly Diagnostic[] {
  const look = { definition, environment, pseudo: PSEUDO, files, outside: NOTHING_KNOWN, strict: true, looksOn: true };
  return [...bindDefinition(look).diagnostics.flatMap((one) => inMode(one, mode)), ...lintDefinition(definition)];
}
