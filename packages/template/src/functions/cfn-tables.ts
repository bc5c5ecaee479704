/** Which functions each version of CloudFormation templates has: Heat's, and what newer templates expect beside them. */
import { fnImportValue, fnLength, fnToJsonString, fnTransform } from './cfn-additions.ts';
import { fnCidr } from './cidr.ts';
import { cfnRef, fnBase64, fnGetAzs, fnMemberListToMap, fnSelect, parameterRef } from './cloudformation.ts';
import { fnAnd, fnEquals, fnIf, fnNot, fnOr, namedCondition } from './conditions.ts';
import type { FunctionTable, TemplateFunction } from './contract.ts';
import { fnFindInMap } from './find-in-map.ts';
import { fnGetAtt } from './get-att.ts';
import { fnJoin } from './list-join.ts';
import { fnResourceFacade } from './resource-facade.ts';
import { RULE_FUNCTIONS } from './rule-functions.ts';
import { fnReplace } from './str-replace.ts';
import { fnSplit } from './str-split.ts';
import { fnSub } from './sub.ts';

const named = (entries: readonly TemplateFunction[]): ReadonlyMap<string, TemplateFunction> =>
  new Map(entries.map((entry) => [entry.name, entry]));

const BASE: readonly TemplateFunction[] = [
  cfnRef,
  fnGetAtt,
  fnFindInMap,
  fnGetAzs,
  fnSelect,
  fnJoin,
  fnSplit,
  fnReplace,
  fnBase64,
  fnMemberListToMap,
  fnResourceFacade,
];

const ADDITIONS: readonly TemplateFunction[] = [fnSub, fnToJsonString, fnLength, fnCidr, fnImportValue, fnTransform];

const CONDITIONS: readonly TemplateFunction[] = [fnEquals, parameterRef, fnFindInMap, fnNot, fnAnd, fnOr, namedCondition];

const AWS: FunctionTable = {
  version: 'AWSTemplateFormatVersion.2010-09-09',
  functions: named([...BASE, fnIf, ...ADDITIONS]),
  conditionFunctions: named(CONDITIONS),
};

export const CFN_TABLES: readonly FunctionTable[] = [
  AWS,
  { version: 'HeatTemplateFormatVersion.2012-12-12', functions: named(BASE), conditionFunctions: new Map() },
];

/** What assertions and conditions of `Rules` may be written with. */
export const RULE_TABLE: FunctionTable = { ...AWS, conditionFunctions: named([...CONDITIONS, ...RULE_FUNCTIONS]) };
