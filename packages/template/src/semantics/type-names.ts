/** What Python calls the type of a value: Heat's messages name it. */
import { isJsonArray, type Json } from '@hearth/kernel';

export function typeName(value: Json): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return isJsonArray(value) ? 'list' : 'dict';
}
