/** The properties that a resource gives, against the parameters of the template that stands for it. */
import { didYouMean, pathText, type Diagnostic, type Path } from '@hearth/kernel';
import type { StoredEnvironment } from '@hearth/engine';
import type { BoundDefinition, Definition } from '@hearth/template';
import { error } from './findings.ts';

/** `name`: the resource of `parent`; `definition` is what stands for it. */
export function interfaceProblems(
  definition: Definition,
  environment: Pick<StoredEnvironment, 'parameterDefaults'>,
  name: string,
  parent: BoundDefinition,
): readonly Diagnostic[] {
  const given = Object.keys(parent.resources.get(name)?.rawProperties ?? {});
  const found: Diagnostic[] = [];
  const above = parent.definition;
  const path = [...(above.resources.get(name)?.path ?? []), above.keys.properties];
  const report = (code: string, message: string, at: Path, hint: string | null): void => {
    found.push(error(code, `Property error: : ${pathText(path)}: : ${message}`, at, above, hint));
  };
  for (const property of given) {
    if (definition.parameters.has(property) || definition.unread?.parameters.has(property) === true) continue;
    const meant = didYouMean(property, definition.parameters.keys());
    const hint = meant === null ? null : `did you mean "${meant}"?`;
    report('unknown-property', `Unknown Property ${property}`, [...path, property], hint);
  }
  for (const parameter of definition.parameters.values()) {
    if (parameter.hasDefault || given.includes(parameter.name) || Object.hasOwn(environment.parameterDefaults, parameter.name)) continue;
    report('missing-property', `Property ${parameter.name} not assigned`, path, null);
  }
  return found;
}
