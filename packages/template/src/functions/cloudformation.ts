/** The small CloudFormation functions that the first HOT version also has: Ref, Select, Base64, GetAZs, MemberListToMap; and Ref in conditions. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Expression } from '../definition/definition.ts';
import { convertedIndex, itemAt } from '../semantics/integers.ts';
import { argumentItems } from './conditions.ts';
import { eager, ELIDED, type Scope, type TemplateFunction, wrongCall, wrongType, wrongValue } from './contract.ts';

const REF_DOC = 'The reference id of a resource, or the value of a parameter.';

function named(args: Json, scope: Scope): Json {
  if (typeof args !== 'string') throw wrongType('Ref needs the name of a resource or a parameter');
  if (scope.hasResource(args)) return scope.referenceId(args);
  if (scope.hasParameter(args)) return scope.parameter(args);
  throw scope.unknownName(args);
}
export const ref = eager('Ref', REF_DOC, named);

/** What removes the property or list item in which it stands. */
export const NO_VALUE = 'AWS::NoValue';

/** CloudFormation's own: its argument is always a name in so many words. */
export const cfnRef: TemplateFunction = {
  name: 'Ref',
  doc: REF_DOC,
  evaluate(args, scope) {
    if (args.kind !== 'data') throw wrongType('Ref needs a name, which cannot be computed');
    return args.value === NO_VALUE ? ELIDED : named(args.value, scope);
  },
};

/** In conditions, where no resource is known. */
export const parameterRef: TemplateFunction = {
  name: 'Ref',
  doc: 'The value of a parameter.',
  evaluate(args, scope) {
    if (args.kind !== 'data' || typeof args.value !== 'string') throw wrongType('Ref needs the name of a parameter');
    if (!scope.hasParameter(args.value)) throw scope.unknownName(args.value);
    return scope.parameter(args.value);
  },
};

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

export const fnGetAzs = eager('Fn::GetAZs', 'The names of the availability zones.', (_region, scope) => scope.availabilityZones());

const MEMBER = /^\.member\.(\d+)\.([^=]*)=(.*)$/s;

function membersByNumber(members: Json, scope: Scope): readonly ReadonlyMap<string, string>[] {
  if (!isJsonArray(members)) throw wrongType('Fn::MemberListToMap: the third argument must be a list of strings');
  scope.spend(members.length);
  const byNumber = new Map<number, Map<string, string>>();
  for (const member of members) {
    if (typeof member !== 'string') throw wrongType('Fn::MemberListToMap: the third argument must be a list of strings');
    if (!member.includes('=')) throw wrongValue('Fn::MemberListToMap: a member has no "="');
    const match = MEMBER.exec(member);
    if (match === null) continue;
    const number = Number(match[1]);
    const entry = byNumber.get(number) ?? new Map<string, string>();
    byNumber.set(number, entry.set(match[2] as string, match[3] as string));
  }
  return [...byNumber].sort(([a], [b]) => a - b).map(([, entry]) => entry);
}

export const fnMemberListToMap: TemplateFunction = {
  name: 'Fn::MemberListToMap',
  doc: 'A map out of a list of ".member.N.key=value" texts: [key name, value name, list].',
  evaluate(args, scope) {
    const items = argumentItems(args);
    if (items?.length !== 3) throw wrongCall('Fn::MemberListToMap needs a list [key name, value name, [members…]]');
    const [keyName, valueName] = items.map((item) => (item.kind === 'data' ? item.value : null));
    if (typeof keyName !== 'string' || typeof valueName !== 'string') throw wrongType('Fn::MemberListToMap: the names must be strings');
    const members = scope.resolve(items[2] as Expression);
    const result: [string, string][] = [];
    for (const entry of membersByNumber(members === ELIDED ? null : members, scope)) {
      const key = entry.get(keyName);
      const value = entry.get(valueName);
      if (key !== undefined && value !== undefined) result.push([key, value]);
    }
    return Object.fromEntries(result) as JsonObject;
  },
};
