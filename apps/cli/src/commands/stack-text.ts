/** Stacks as text and as JSON: tables, outputs, the whole as one value. Pure. */
import type { StackDetail, StackOutput, StackResource } from '@hearth/client';
import type { Json } from '@hearth/kernel';

/** Columns as wide as their widest cell, two blanks between. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)];
}

export function outputLines(outputs: readonly StackOutput[]): readonly string[] {
  if (outputs.length === 0) return [];
  const width = Math.max(...outputs.map((output) => output.name.length));
  return [
    '',
    'Outputs:',
    ...outputs.map(
      (output) => `  ${output.name.padEnd(width)}  ${output.error === null ? valueText(output.value) : `(no value: ${output.error})`}`,
    ),
  ];
}

export function jsonOf(stack: StackDetail, resources: readonly StackResource[]): Json {
  const outputs = stack.outputs.map((output) => ({ ...output }));
  return { ...stack, outputs, resources: resources.map((resource) => ({ ...resource })) };
}

const valueText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** How a stack has ended, and where one that failed is asked for more. */
export function endLines({ name, status, reason }: Pick<StackDetail, 'name' | 'status' | 'reason'>, isGood: boolean): readonly string[] {
  if (isGood) return [`${name} ${status}`];
  return [`${name} ${status}: ${reason}`, ...(status.endsWith('_FAILED') ? [`Why, and what can be done: hearth why ${name}`] : [])];
}
