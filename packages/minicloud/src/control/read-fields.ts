/** Reading the bodies of control requests strictly: every wrong or unknown field is refused by its name, with what it may be. */
import { didYouMean, isJsonObject, Refusal, type Json, type JsonObject } from '@hearth/kernel';

export const invalid = (message: string): Refusal => new Refusal('invalid', 'InvalidControlRequest', message);
export const missing = (message: string): Refusal => new Refusal('not-found', 'NotFound', message);

/** The body as an object with none but these fields. */
export function fieldsOf(body: unknown, allowed: readonly string[], where = 'the body'): JsonObject {
  if (!isJsonObject(body as Json)) throw invalid(`${where} must be a JSON object with some of: ${allowed.join(', ')}`);
  const fields = body as JsonObject;
  for (const name of Object.keys(fields)) {
    if (allowed.includes(name)) continue;
    const near = didYouMean(name, allowed);
    throw invalid(`${where} has no field "${name}"${near === null ? '' : ` (did you mean "${near}"?)`}; there are: ${allowed.join(', ')}`);
  }
  return fields;
}

export function textOf(value: Json, field: string, maxLength: number): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > maxLength)
    throw invalid(`${field} must be a text of 1 to ${maxLength} characters`);
  return value;
}

export interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
}

export function numberOf(value: Json, field: string, { least, most, isWhole = false }: Range): number {
  const isNumber = typeof value === 'number' && Number.isFinite(value) && (!isWhole || Number.isInteger(value));
  if (!isNumber || value < least || value > most)
    throw invalid(`${field} must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`);
  return value;
}

/** For fields that say what to do by being there. */
export function trueOf(value: Json, field: string): true {
  if (value !== true) throw invalid(`${field} can only be true; leave it out otherwise`);
  return true;
}
