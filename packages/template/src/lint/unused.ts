/** What is declared and nothing uses: parameters, conditions, mappings. */
import type { Diagnostic } from '@hearth/kernel';
import type { Definition } from '../definition/definition.ts';
import { namesUsed } from './names-used.ts';
import { warning } from './remarks.ts';

export function unusedNames(definition: Definition): readonly Diagnostic[] {
  const { raw, keys, parameters, conditions, mappings } = definition;
  const { texts, isComputed } = namesUsed(raw, [keys.parameters, 'parameter_groups', 'description', 'Description']);
  const found: Diagnostic[] = [];
  const remark = (code: string, what: string, section: string, name: string): void =>
    void found.push(
      warning(definition, { code, message: `the ${what} "${name}" is not used`, path: [section, name], hint: 'remove it, or use it' }),
    );
  for (const name of parameters.keys()) if (!isComputed && !texts.has(name)) remark('unused-parameter', 'parameter', keys.parameters, name);
  for (const name of conditions.keys()) if (!texts.has(name)) remark('unused-condition', 'condition', keys.conditions, name);
  for (const name of Object.keys(mappings)) if (!texts.has(name)) remark('unused-mapping', 'mapping', 'Mappings', name);
  return found;
}
