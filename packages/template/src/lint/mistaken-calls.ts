/**
 * Maps that look like calls of functions and are plain data: misspelt, of another version, or with other keys beside the function's. Templates may
 * well hold such data, so these are warnings, and only for what hardly ever means anything else.
 */
import { isJsonArray, isJsonObject, type Diagnostic, type Json, type JsonObject, type Path } from '@hearth/kernel';
import type { Definition } from '../definition/definition.ts';
import { similar } from '../definition/problems.ts';
import type { FunctionTable } from '../functions/contract.ts';
import { hasFunction, otherHome } from '../functions/other-versions.ts';
import { functionTables } from '../functions/tables.ts';
import { warning, type Remark } from './remarks.ts';

/** Bounds the search in one document; more remarks help nobody. */
const MOST = 50;

export function mistakenCalls(definition: Definition): readonly Diagnostic[] {
  const table = functionTables.get(definition.version);
  if (table === undefined) return [];
  const found: Diagnostic[] = [];
  const open: Open[] = rootsOf(definition);
  for (let next = open.pop(); next !== undefined && found.length < MOST; next = open.pop()) {
    const { value, path, isCondition } = next;
    if (isJsonArray(value)) value.forEach((item, i) => void open.push({ value: item, path: [...path, i], isCondition }));
    else if (isJsonObject(value)) {
      const remark = remarkOn(value, path, table, isCondition);
      if (remark !== null) found.push(warning(definition, remark));
      for (const [key, item] of Object.entries(value)) open.push({ value: item, path: [...path, key], isCondition });
    }
  }
  return found;
}

interface Open {
  readonly value: Json;
  readonly path: Path;
  /** Nothing but functions and names is wanted there. */
  readonly isCondition: boolean;
}

function rootsOf({ raw, resources, outputs, keys }: Definition): Open[] {
  const at = (path: Path, isCondition: boolean): Open[] => {
    let value: Json | undefined = raw;
    for (const step of path) value = isJsonObject(value ?? null) ? (value as JsonObject)[step as string] : undefined;
    return value === undefined ? [] : [{ value, path, isCondition }];
  };
  const conditions = raw[keys.conditions] ?? {};
  return [
    ...[...resources.values()].flatMap(({ path }) => at([...path, keys.properties], false)),
    ...[...outputs.values()].flatMap(({ path }) => at([...path, keys.value], false)),
    ...Object.keys(isJsonObject(conditions) ? conditions : {}).flatMap((name) => at([keys.conditions, name], true)),
  ];
}

function remarkOn(map: JsonObject, path: Path, table: FunctionTable, isCondition: boolean): Remark | null {
  const names = Object.keys(map);
  if (names.length > 1) {
    const call = names.find((name) => looksLikeCall(name) && hasFunction(table, name));
    if (call === undefined) return null;
    const other = names.find((name) => name !== call) as string;
    const message = `"${call}" is no call here: the map has other keys beside it ("${other}"), so it is plain data`;
    return { code: 'not-a-call', message, path: [...path, call], hint: 'indent it to where the value is wanted, or remove the other keys' };
  }
  const [name] = names;
  if (name === undefined || !(isCondition || looksLikeCall(name)) || table.functions.has(name) || table.conditionFunctions.has(name))
    return null;
  const home = otherHome(name, table.version);
  if (home !== null) {
    const message = `"${name}" is no function of this template version, so the map is plain data`;
    return { code: 'function-of-other-version', message, path: [...path, name], hint: home };
  }
  const hint = name.startsWith('Fn::ForEach::') ? null : similar(name, [...table.functions.keys(), ...table.conditionFunctions.keys()]);
  if (hint === null) return null;
  return { code: 'unknown-function', message: `there is no function "${name}", so the map is plain data`, path: [...path, name], hint };
}

/** Names made of several words; the others (`filter`, `if`) are keys of much else. */
const looksLikeCall = (name: string): boolean => name === 'Ref' || /^Fn::/.test(name) || /^[a-z]+(?:_[a-z]+)+$/.test(name);
