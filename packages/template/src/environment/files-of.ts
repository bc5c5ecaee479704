/** Which of the files sent along a nested template may need: those it names, and those that these name in turn. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';

type Files = Readonly<Record<string, string>>;

/** Names are looked for in the text, so a file too many may come along; where a name is computed, all do. */
export function filesOf(template: JsonObject, registry: JsonObject, files: Files): Files {
  const keys = Object.keys(files);
  if (keys.length === 0) return files;
  const texts: string[] = [];
  const open: Json[] = [template, registry];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string') texts.push(value);
    else if (isJsonArray(value)) for (const item of value) open.push(item);
    else if (isJsonObject(value)) {
      const file = value['get_file'];
      if (file !== undefined && typeof file !== 'string') return files;
      for (const key in value) open.push(value[key] as Json);
    }
  }
  const found = new Map<string, string>();
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const key of keys) {
      const content = files[key];
      if (content === undefined || found.has(key) || !text.includes(key)) continue;
      if (/get_file['"]?\s*:\s*[[{\n]/.test(content)) return files;
      found.set(key, content);
      texts.push(content);
    }
  }
  return Object.fromEntries(keys.filter((key) => found.has(key)).map((key) => [key, files[key] as string]));
}
