/** A template with everything it names, as the stock client sends it: nested templates and files under absolute `file:` addresses. What is not there is left as it is named. */
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseTemplate } from '@hearth/template';

export interface TemplateSources {
  readonly template: Readonly<Record<string, unknown>>;
  /** Contents by address. */
  readonly files: Readonly<Record<string, string>>;
}

export function templateSources(path: string): TemplateSources {
  const files: Record<string, string> = {};
  const template = withAddresses(documentOf(readFileSync(path, 'utf8')), pathToFileURL(path), files);
  return { template: template as Record<string, unknown>, files };
}

const documentOf = (text: string): unknown => parseTemplate(text).definition?.raw;

/** The document with `get_file` and types that are templates named absolutely; what they name is read into `files`. */
function withAddresses(value: unknown, base: URL, files: Record<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withAddresses(item, base, files));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (typeof inner !== 'string') return [key, withAddresses(inner, base, files)];
      const isTemplate = key === 'type' && /\.(yaml|template)$/.test(inner);
      if (!isTemplate && key !== 'get_file') return [key, inner];
      const address = new URL(inner, base);
      if (address.protocol !== 'file:' || !existsSync(address)) return [key, inner];
      const text = readFileSync(address, 'utf8');
      if (!(address.href in files)) {
        files[address.href] = text;
        if (isTemplate) files[address.href] = JSON.stringify(withAddresses(documentOf(text), address, files));
      }
      return [key, address.href];
    }),
  );
}
