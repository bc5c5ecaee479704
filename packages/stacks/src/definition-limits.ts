/** Sizes of what a request brings, looked at before any of it is read. Refused as `RequestLimitExceeded`, in Heat's words where it has some. */
import type { Refusal } from '@hearth/kernel';
import type { StackLimits } from './ports.ts';
import { invalid } from './refusals.ts';
import type { DefinitionInput } from './stack-input.ts';

export const limitExceeded = (message: string): Refusal => invalid(`Request limit exceeded: ${message}`, 'RequestLimitExceeded');

type Files = Readonly<Record<string, string>>;

export function checkInputSizes(limits: StackLimits, input: DefinitionInput): void {
  checkFiles(limits, input.files);
  if (input.environmentFiles.length > limits.filesCount)
    throw limitExceeded(
      `${input.environmentFiles.length} environment files are more than the ${limits.filesCount} that one request may have.`,
    );
  if (input.environment !== null && input.environmentFiles.length === 0) checkEnvironmentSize(limits, input.environment);
}

export function checkEnvironmentSize({ environmentSize }: StackLimits, environment: DefinitionInput['environment'], name = ''): void {
  const size = typeof environment === 'string' ? environment.length : JSON.stringify(environment).length;
  const shown = name === '' ? '' : ` of "${name}"`;
  if (size > environmentSize)
    throw limitExceeded(`Environment size${shown} (${size} bytes) exceeds maximum allowed size (${environmentSize} bytes).`);
}

export function checkTemplateSize({ templateSize }: StackLimits, template: string | object, name = ''): void {
  const size = typeof template === 'string' ? template.length : JSON.stringify(template).length;
  const shown = name === '' ? '' : ` of "${name}"`;
  if (size > templateSize)
    throw limitExceeded(`Template size${shown} (${size} bytes) exceeds maximum allowed size (${templateSize} bytes).`);
}

export function checkFiles({ filesCount, filesSize }: StackLimits, files: Files): void {
  const count = Object.keys(files).length;
  if (count > filesCount) throw limitExceeded(`${count} files are more than the ${filesCount} that a stack may have.`);
  const size = sizeOf(files);
  if (size > filesSize) throw limitExceeded(`Total size of files (${size} bytes) exceeds maximum allowed size (${filesSize} bytes).`);
}

export function sizeOf(files: Files): number {
  let size = 0;
  for (const [name, content] of Object.entries(files)) size += name.length + content.length;
  return size;
}
