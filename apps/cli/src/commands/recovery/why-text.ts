/** Why a stack is as it is, as lines. Pure. */
import type { Why } from '@hearth/client';

/** `path`: the one resource that was asked for. */
export function whyLines({ summary, remedy, findings, isCut }: Why, path: string | null): readonly string[] {
  const lines = [summary, ...(remedy === null ? [] : [`  What can be done: ${remedy}`])];
  if (findings.length === 0 && path !== null) lines.push(`${path} is as it is wanted.`);
  for (const { message, remedy: own } of findings) lines.push(`- ${message}`, ...(own === null ? [] : [`  ${own}`]));
  if (isCut) lines.push('… and more; ask for one resource: hearth why STACK RESOURCE');
  return lines;
}
