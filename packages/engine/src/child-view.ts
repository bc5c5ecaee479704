/** A stack as its parent may ask it: reference ids, attributes, outputs. Shared by the engine and by those who look at a stack. */
import type { Json } from '@hearth/kernel';
import { type ChildView, type Registry, ResourceFailed, type Selection } from '@hearth/resource-kit';
import type { ResourceRecord, StackSnapshot } from '@hearth/store';
import { exactPath, resolveOutput, selectionKey } from '@hearth/template';
import { keptAnswer } from './child-answers.ts';
import { compileDefinition } from './compiled.ts';
import { referenceIdOf, rowReferences } from './references.ts';
import { visibleRows } from './visible-rows.ts';

/** Null when the stack has no definition any more. */
export function childView(snapshot: StackSnapshot, registry: Registry): ChildView | null {
  const { stack, resources } = snapshot;
  const record = snapshot.definitions.find((definition) => definition.id === stack.definitionId);
  if (record === undefined) return null;
  const { bound } = compileDefinition(record, stack, registry);
  const rows = visibleRows(resources);
  const there = (name: string): ResourceRecord | null => {
    const row = rows.get(name) ?? null;
    return row === null || row.physicalId === null || row.action === 'DELETE' ? null : row;
  };
  return {
    resourceName: stack.parentResource ?? '',
    stackId: stack.id,
    name: stack.name,
    projectId: stack.projectId,
    template: record.template,
    names: [...bound.resources.keys()],
    referenceId(name) {
      const row = there(name);
      return row === null ? null : referenceIdOf(row, registry);
    },
    attribute(name, selection) {
      const row = there(name);
      return row === null ? null : rowAttribute(row, selection, registry);
    },
    output(name) {
      if (!bound.outputs.has(name)) return undefined;
      const resolved = resolveOutput(
        bound,
        name,
        rowReferences((other) => rows.get(other) ?? null, registry),
      );
      const [wrong] = resolved.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
      if (wrong !== undefined) throw new ResourceFailed(wrong.message, 'TemplateOutputError');
      return resolved.value;
    },
    outputNames: [...bound.outputs.keys()],
  };
}

function rowAttribute(row: ResourceRecord, [attribute, ...path]: Selection, registry: Registry): Json {
  const type = registry.get(row.handler);
  if (type?.composite !== undefined) {
    const { value, problem } = keptAnswer(row, selectionKey(attribute, path));
    if (problem !== null) throw new ResourceFailed(problem.message, problem.type);
    return value;
  }
  const mayHave = type === null || type.acceptsAnything === true || type.hasOpenAttributes === true || attribute === 'show';
  if (!mayHave && !Object.hasOwn(type.attributes, attribute))
    throw new ResourceFailed(`The Referenced Attribute (${row.name} ${attribute}) is incorrect.`, 'InvalidTemplateAttribute');
  return exactPath(row.attributes?.[attribute] ?? null, path) ?? null;
}
