/** The yardstick for reading templates: a text read as YAML by the library alone and written as JSON, with nothing looked at. */
import { load } from 'js-yaml';

export const rewritten = (text: string): string => JSON.stringify(load(text));
