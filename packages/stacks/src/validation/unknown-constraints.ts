/** Custom constraints of parameters under names that nothing knows: told before there is a value to be judged. */
import { didYouMean, isJsonArray, isJsonObject, type Diagnostic } from '@hearth/kernel';
import type { PropertySchema, Registry } from '@hearth/resource-kit';
import type { Definition } from '@hearth/template';

const known = new WeakMap<Registry, ReadonlySet<string>>();

/** The names that types of resources use; others may exist, so only what is nearly one of these is remarked on. */
export function unknownConstraints(registry: Registry, { parameters, raw, keys, positionOf }: Definition): readonly Diagnostic[] {
  const names = known.get(registry) ?? namesIn(registry);
  known.set(registry, names);
  const found: Diagnostic[] = [];
  for (const { name, constraints } of parameters.values()) {
    for (const constraint of constraints) {
      if (constraint.kind !== 'custom' || names.has(constraint.name)) continue;
      const meant = didYouMean(constraint.name, names);
      if (meant === null) continue;
      const section = raw[keys.parameters];
      const declared = isJsonObject(section ?? null) ? (section as { readonly [name: string]: unknown })[name] : null;
      const items =
        isJsonObject(declared) && isJsonArray(declared['constraints'] ?? null) ? (declared['constraints'] as readonly unknown[]) : [];
      const index = items.findIndex((item) => isJsonObject(item) && item['custom_constraint'] === constraint.name);
      const path = [keys.parameters, name, 'constraints', index, 'custom_constraint'];
      const message = `there is no constraint "${constraint.name}": no value will do`;
      const hint = `did you mean "${meant}"?`;
      found.push({
        severity: 'warning',
        type: 'StackValidationFailed',
        code: 'unknown-constraint',
        message,
        path,
        position: positionOf(path),
        hint,
      });
    }
  }
  return found;
}

function namesIn(registry: Registry): ReadonlySet<string> {
  const names = new Set<string>();
  const open: PropertySchema[] = registry.names().flatMap((name) => Object.values(registry.get(name)?.properties ?? {}));
  for (let schema = open.pop(); schema !== undefined; schema = open.pop()) {
    for (const constraint of schema.constraints ?? []) if (constraint.kind === 'custom') names.add(constraint.name);
    if (schema.items !== undefined) open.push(schema.items);
    open.push(...Object.values(schema.fields ?? {}));
  }
  return names;
}
