/** The small CloudFormation functions that the first HOT version also has: Ref, Select, Base64, GetAZs, MemberListToMap. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { convertedIndex, itemAt } from '../semantics/integers.ts';
import { eager, wrongCall, wrongType, wrongValue } from './contract.ts';

export const ref = eager('Ref', 'The reference id of a resource, or the value of a parameter.', (args, scope) => {
  if (typeof args !== 'string') throw wrongType('Ref needs the name of a resource or a parameter');
  if (!scope.hasResource(args) && scope.hasParameter(args)) return scope.parameter(args);
  return scope.referenceId(args);
});

function selected(container: Json, index: Json): Json {
  if (isJsonArray(container)) {
    const at = convertedIndex(index);
    if (at === null) throw wrongType('Fn::Select: the index into a list must be an integer');
    return itemAt(container, at) ?? (at < container.length && at >= -container.length ? null : '');
  }
  if (isJsonObject(container)) {
    if (typeof index !== 'string') throw wrongType('Fn::Select: the index into a map must be a string');
    return Object.hasOwn(container, index) ? (container[index] as Json) : '';
  }
  throw wrongType('Fn::Select: what is selected from must be a list or a map');
}

export const fnSelect = eager('Fn::Select', 'One item of a list or map: [index, list or map].', (args) => {
  if (!isJsonArray(args) || args.length !== 2) throw wrongCall('Fn::Select needs a list [index, list or map]');
  const [index, given] = args as readonly [Json, Json];
  if (given === null || given === '') return '';
  if (typeof given !== 'string') return selected(given, index);
  let parsed: Json;
  try {
    parsed = JSON.parse(given) as Json;
  } catch {
    throw wrongValue('Fn::Select: the string is no JSON text');
  }
  return parsed === null ? '' : selected(parsed, index);
});

export const fnBase64 = eager('Fn::Base64', 'The string itself; encoding is done where it is needed.', (args) => {
  if (typeof args !== 'string') throw wrongType('Fn::Base64 needs a string');
  return args;
});

export const fnGetAzs = eager('Fn::GetAZs', 'The names of the availability zones.', () => ['nova']);

export const fnMemberListToMap = eager(
  'Fn::MemberListToMap',
  'A map out of a list of ".member.N.key=value" texts: [key name, value name, list].',
  (args, scope) => {
    if (!isJsonArray(args) || args.length !== 3) throw wrongCall('Fn::MemberListToMap needs a list [key name, value name, [members…]]');
    const [keyName, valueName, members] = args;
    if (typeof keyName !== 'string' || typeof valueName !== 'string') throw wrongType('Fn::MemberListToMap: the names must be strings');
    if (!isJsonArray(members)) throw wrongType('Fn::MemberListToMap: the third argument must be a list of strings');
    scope.spend(members.length);
    const byNumber = new Map<string, { key?: string; value?: string }>();
    for (const member of members) {
      if (typeof member !== 'string') throw wrongType('Fn::MemberListToMap: the third argument must be a list of strings');
      if (!member.includes('=')) throw wrongValue('Fn::MemberListToMap: a member has no "="');
      const match = /^\.member\.(\d+)\.([^=]*)=(.*)$/s.exec(member);
      if (match === null) continue;
      const entry = byNumber.get(match[1] as string) ?? {};
      if (match[2] === keyName) entry.key = match[3] as string;
      else if (match[2] === valueName) entry.value = match[3] as string;
      byNumber.set(match[1] as string, entry);
    }
    const result: [string, string][] = [];
    for (const { key, value } of byNumber.values()) if (key !== undefined && value !== undefined) result.push([key, value]);
    return Object.fromEntries(result) as JsonObject;
  },
);
