/** Types that lead nowhere, and types that are not for this caller. */
import { didYouMean, type Diagnostic } from '@hearth/kernel';
import { TEMPLATE_HANDLER, type CompiledDefinition } from '@hearth/engine';
import type { Definition } from '@hearth/template';
import type { Caller } from './caller.ts';
import { error } from './findings.ts';
import type { StackPorts } from './ports.ts';
import { notAuthorized } from './refusals.ts';
import { mayUseType } from './type-policy.ts';

export function checkTypePolicy(caller: Caller, definition: Definition): void {
  for (const resource of definition.resources.values()) {
    if (!mayUseType(caller, resource.type)) throw notAuthorized(`resource_types:${resource.type}`);
  }
}

/** The same as diagnostics. */
export function forbiddenTypes(caller: Caller, definition: Definition): readonly Diagnostic[] {
  return [...definition.resources.values()].flatMap(({ type, path }) => {
    if (mayUseType(caller, type)) return [];
    const { message } = notAuthorized(`resource_types:${type}`);
    const hint = 'only administrators may use this type';
    return [{ ...error('type-not-allowed', message, [...path, definition.keys.type], definition, hint), type: 'Forbidden' }];
  });
}

export function unknownTypes({ registry }: StackPorts, { bound, implementations, environment }: CompiledDefinition): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const names = [...registry.names(), ...Object.keys(environment.resourceRegistry)];
  for (const [name, implementation] of implementations) {
    const { definition } = bound;
    const resource = definition.resources.get(name);
    if (resource === undefined) continue;
    const path = [...resource.path, definition.keys.type];
    if (implementation.kind === 'template') {
      if (Object.hasOwn(bound.files, implementation.key)) continue;
      const message = `Could not fetch remote template "${implementation.key}": no content was sent for it`;
      const hint = `${implementation.key.startsWith('file:') ? 'the server reads no files of its own for users; ' : ''}send the file along with the template, in "files"`;
      found.push(error('missing-template', message, path, definition, hint));
    } else if (registry.get(implementation.name) === null || implementation.name === TEMPLATE_HANDLER) {
      const hint = found.length < MOST_HINTS ? typeHint(resource.type, names) : null;
      found.push(error('unknown-resource-type', `The Resource Type (${resource.type}) could not be found.`, path, definition, hint));
    }
  }
  return found;
}

/** Hints take longer to find than errors. */
const MOST_HINTS = 100;

function typeHint(type: string, names: readonly string[]): string | null {
  if (/\.yml$/.test(type)) return 'the name of a template must end in ".yaml" or ".template"';
  const meant = didYouMean(type, names);
  return meant === null ? null : `did you mean "${meant}"?`;
}

/** Types that will not always be there: nothing is wrong with them yet. */
export function agedTypes({ registry }: StackPorts, { bound: { definition, resources } }: CompiledDefinition): readonly Diagnostic[] {
  return [...resources.values()].flatMap(({ definition: { type, path } }) => {
    const support = registry.get(type)?.support;
    if (support?.status !== 'DEPRECATED') return [];
    const message = `The Resource Type (${type}) is deprecated.`;
    return [
      { ...error('deprecated-type', message, [...path, definition.keys.type], definition, support.message ?? null), severity: 'warning' },
    ];
  });
}
