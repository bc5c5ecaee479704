/** Names and descriptions of CloudFormation's functions, for the lists of the API. */
import { fnBase64, fnGetAzs, fnMemberListToMap, fnSelect, ref } from '../functions/cloudformation.ts';
import { fnJoin } from '../functions/list-join.ts';
import { fnResourceFacade } from '../functions/resource-facade.ts';
import { fnReplace } from '../functions/str-replace.ts';
import { fnSplit } from '../functions/str-split.ts';

type Described = readonly [name: string, description: string];

const BASE: readonly Described[] = [
  ...[ref, fnBase64, fnGetAzs, fnMemberListToMap, fnSelect, fnJoin, fnResourceFacade, fnReplace, fnSplit].map(
    (entry): Described => [entry.name, entry.doc],
  ),
  ['Fn::GetAtt', 'The value of an attribute of a resource: [resource, attribute].'],
  ['Fn::FindInMap', 'A value of the section "Mappings": [map, key, key].'],
];

export const CFN_FUNCTIONS: readonly {
  readonly version: string;
  readonly functions: readonly Described[];
  readonly conditionFunctions: readonly Described[];
}[] = [
  {
    version: 'AWSTemplateFormatVersion.2010-09-09',
    functions: [...BASE, ['Fn::If', 'One of two values, chosen by a condition: [condition, then, else].']],
    conditionFunctions: [
      ['Fn::Equals', 'Whether two values are equal: [value, value].'],
      ['Fn::Not', 'The opposite of a condition: [condition].'],
      ['Fn::And', 'Whether all of at least two conditions hold.'],
      ['Fn::Or', 'Whether one of at least two conditions holds.'],
    ],
  },
  { version: 'HeatTemplateFormatVersion.2012-12-12', functions: BASE, conditionFunctions: [] },
];
