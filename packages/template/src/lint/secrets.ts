/** Secrets that stand where they can be read. */
import type { Diagnostic } from '@hearth/kernel';
import type { Definition } from '../definition/definition.ts';
import { parametersIn } from './calls-in.ts';
import { warning } from './remarks.ts';

/** Names that hardly ever mean anything else. */
const SECRET_NAME = /(?:^|[_-]|[a-z](?=[A-Z]))(?:password|passwd|passphrase|secret|private_?key|api_?key|auth_?key)$/i;

export function secretsInPlainSight(definition: Definition): readonly Diagnostic[] {
  const { parameters, keys, outputs, language } = definition;
  const found: Diagnostic[] = [];
  const hide = language === 'hot' ? '"hidden: true"' : '"NoEcho: true"';
  for (const { name, hidden, hasDefault, default: fallback, type } of parameters.values()) {
    const path = [keys.parameters, name];
    if (hidden && hasDefault && fallback !== '') {
      const message = `the hidden parameter "${name}" has a default that everybody can read in the template`;
      const at = [...path, language === 'hot' ? 'default' : 'Default'];
      found.push(warning(definition, { code: 'hidden-default', message, path: at, hint: 'demand a value instead' }));
    }
    if (!hidden && type === 'string' && SECRET_NAME.test(name)) {
      const message = `the parameter "${name}" looks like a secret, and is shown to all who may see the stack`;
      found.push(warning(definition, { code: 'secret-not-hidden', message, path, hint: `add ${hide}` }));
    }
  }
  for (const { name, value, path } of outputs.values()) {
    const shown = parametersIn(value).find((parameter) => parameters.get(parameter)?.hidden === true);
    if (shown === undefined) continue;
    const message = `the output "${name}" shows the hidden parameter "${shown}"`;
    found.push(warning(definition, { code: 'secret-in-output', message, path: [...path, keys.value] }));
  }
  return found;
}
