/**
 * Values that leave with an exported stack and are nobody's to read: sealed, so that they come back with it, and bound to the project. The one place
 * where hidden values are made fit to leave.
 */
import { isJsonObject, type Json, type ProjectId, Refusal } from '@hearth/kernel';
import type { StackPorts } from '../ports.ts';

const PREFIX = 'hearth-sealed:';

export const isSealed = (value: Json | undefined): value is string => typeof value === 'string' && value.startsWith(PREFIX);

export const sealValue = ({ secretBox }: Pick<StackPorts, 'secretBox'>, projectId: ProjectId, value: Json): string =>
  `${PREFIX}${secretBox.seal({ projectId, value }).toString('base64')}`;

/** Event sinks with what their messages are signed with made into something else. */
export const withSecrets = (sinks: readonly Json[], made: (secret: string) => Json): readonly Json[] =>
  sinks.map((sink) => (isJsonObject(sink) && typeof sink['secret'] === 'string' ? { ...sink, secret: made(sink['secret']) } : sink));

/** `what`: for people, should it be of another project or of another installation. */
export function openValue({ secretBox }: Pick<StackPorts, 'secretBox'>, projectId: ProjectId, sealed: string, what: string): Json {
  let opened: Json = null;
  try {
    opened = secretBox.open(Buffer.from(sealed.slice(PREFIX.length), 'base64'));
  } catch {
    // Sealed elsewhere, or damaged: told below.
  }
  if (isJsonObject(opened) && opened['projectId'] === projectId) return opened['value'] ?? null;
  throw new Refusal(
    'invalid',
    'HTTPBadRequest',
    `Invalid adopt data: ${what} was sealed for another project or server; give it with the request`,
  );
}
