/** What resources that a whole template stands for have in common: the template's text read, outputs asked for, the stack's name for others. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { type ChildView, ResourceFailed } from '@hearth/resource-kit';
import { sharedDocument } from '@hearth/template';

export function readTemplate(text: string, file: string): JsonObject {
  const { value, diagnostics } = sharedDocument(text);
  if (diagnostics.length === 0 && isJsonObject(value)) return value;
  const message =
    diagnostics[0] === undefined
      ? 'The template is not a JSON object or YAML mapping.'
      : `Error parsing template ${file} ${diagnostics[0].message}`;
  throw new ResourceFailed(message, 'StackValidationFailed');
}

/** Undefined: there is no such output. */
export function outputOf(child: ChildView, name: string): Json | undefined {
  try {
    return child.output(name);
  } catch (error) {
    if (!(error instanceof ResourceFailed)) throw error;
    throw new ResourceFailed(`Error in ${child.resourceName} output ${name}: ${error.message}`, error.type);
  }
}

export const stackArn = ({ projectId, name, stackId }: ChildView): string => `arn:openstack:heat::${projectId}:stacks/${name}/${stackId}`;
