/**
 * Everything that can be said against a definition before anything is written: template, parameters, types, properties, attributes,
 * values only the cloud can judge, limits. All of it at once, nested stacks included.
 */
import type { Diagnostic, JsonObject, StackId } from '@hearth/kernel';
import { compiledOf } from '@hearth/engine';
import {
  bindDefinition,
  Costs,
  parseTemplate,
  type BoundDefinition,
  type Definition,
  type Environment,
  type Outside,
  type TakenIn,
} from '@hearth/template';
import type { Caller } from './caller.ts';
import { checkLevel } from './checked-level.ts';
import { checkTemplateSize } from './definition-limits.ts';
import { parameterQuestions, type Findings, type Question } from './findings.ts';
import { outsideValues } from './outside-values.ts';
import type { ConstraintQuestion, StackPorts } from './ports.ts';
import { asFormatError, invalid, refuseErrors } from './refusals.ts';
import { serviceKnowledge, type ServiceKnowledge } from './service-knowledge.ts';
import { checkTypePolicy, unknownTypes } from './unusable-types.ts';

export interface DefinitionCheck {
  readonly definition: Definition;
  readonly environment: Environment;
  readonly files: Readonly<Record<string, string>>;
  readonly stackId: StackId;
  readonly stackName: string;
  /** Of a nested stack that is changed by itself; else absent. */
  readonly facade?: JsonObject | null;
}

/** The template of a request, or the refusal that says what is wrong with it. */
export function parsedTemplate(ports: StackPorts, template: string | JsonObject): Definition {
  checkTemplateSize(ports.limits, template);
  const { definition, diagnostics } = parseTemplate(template, ports.limits.templateSize);
  refuseErrors(diagnostics.map((diagnostic) => asFormatError(diagnostic, 'Template')));
  if (definition === null) throw invalid('The template could not be read.');
  return definition;
}

export interface CheckedDefinition {
  readonly bound: BoundDefinition;
  /** To be stored with the environment: what it takes from outside. */
  readonly taken: TakenIn | undefined;
}

/** The definition bound to its parameters, once nothing can be said against it; a refusal that lists everything otherwise. */
export async function checkedDefinition(ports: StackPorts, caller: Caller, check: DefinitionCheck): Promise<CheckedDefinition> {
  const outside = outsideValues(ports, caller, check.stackId);
  const services = serviceKnowledge(ports, caller);
  const once = () => checkedOnce(ports, caller, check, { outside, services });
  let checked = once();
  while ((await outside.learn()) || (await services.learn())) checked = once();
  const { bound, findings } = checked;
  const judgements = await judged(ports, caller, findings.questions);
  refuseErrors([...findings.found, ...judgements]);
  return { bound, taken: outside.taken() };
}

/** With what is known of the outside so far. */
function checkedOnce(
  ports: StackPorts,
  caller: Caller,
  check: DefinitionCheck,
  { outside, services }: { readonly outside: Outside; readonly services: ServiceKnowledge },
): { readonly bound: BoundDefinition; readonly findings: Findings } {
  const { definition, environment, files } = check;
  checkResourceCount(ports, definition);
  checkTypePolicy(caller, definition);
  const costs = new Costs();
  const { bound, diagnostics } = bindDefinition({
    definition,
    environment,
    costs,
    pseudo: { stackId: check.stackId, stackName: check.stackName, projectId: caller.projectId },
    files,
    facade: check.facade ?? null,
    outside,
    strict: true,
  });
  if (bound === null) {
    // Without values properties cannot be resolved, but unknown types are known to be unknown.
    refuseErrors([...diagnostics, ...typesThatLeadNowhere(ports, check)]);
    throw invalid('The template could not be bound to its parameters.');
  }
  const findings: Findings = { found: [...diagnostics], questions: [...parameterQuestions(bound)], services };
  const compiled = compiledOf('unsaved', bound, environment, ports.registry);
  checkLevel(ports, caller, { compiled, stackName: check.stackName, depth: 0, isKnown: true, outside, costs }, findings);
  return { bound, findings };
}

/** With whatever values there are, for the names of the types alone. */
function typesThatLeadNowhere(ports: StackPorts, { definition, environment, files, stackName }: DefinitionCheck): readonly Diagnostic[] {
  const pseudo = { stackId: 'None', stackName, projectId: 'None' };
  const { bound } = bindDefinition({ definition, environment, pseudo, files, strict: false });
  return bound === null ? [] : unknownTypes(ports, compiledOf('unsaved', bound, environment, ports.registry));
}

function checkResourceCount(ports: StackPorts, definition: Definition): void {
  const limit = ports.limits.resourcesPerStack;
  if (limit >= 0 && definition.resources.size > limit) {
    throw invalid(
      `Request limit exceeded: You have reached the maximum resources per stack, ${limit}: the template has ${definition.resources.size}.`,
      'RequestLimitExceeded',
    );
  }
}

/** Asks the cloud once for each different question. */
export async function judged(ports: StackPorts, caller: Caller, questions: readonly Question[]): Promise<readonly Diagnostic[]> {
  const asked = new Map<string, ConstraintQuestion>();
  for (const { constraint, value } of questions) asked.set(JSON.stringify([constraint, value]), { constraint, value });
  if (asked.size === 0) return [];
  const answers = await ports.constraints.check(caller, [...asked.values()]);
  const answerOf = new Map([...asked.keys()].map((key, i) => [key, answers[i] ?? null]));
  return questions.flatMap((question) => {
    const reason = answerOf.get(JSON.stringify([question.constraint, question.value])) ?? null;
    return reason === null ? [] : [question.wrong(reason)];
  });
}
