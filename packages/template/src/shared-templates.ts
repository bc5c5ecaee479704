/** Templates of texts that several ask for: parsed once while they are in use. */
import type { ParseResult } from './definition/definition.ts';
import { keptWhileUsed } from './document/kept-while-used.ts';
import { parseTemplate } from './parse-template.ts';

export const sharedTemplate: (text: string) => ParseResult = keptWhileUsed((text) => parseTemplate(text));
