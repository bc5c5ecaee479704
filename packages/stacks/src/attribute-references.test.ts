/** Attributes that definitions name in so many words, in each language's functions and in texts. */
import type { Json } from '@hearth/kernel';
import { parseTemplate } from '@hearth/template';
import { expect, test } from 'vitest';
import { attributeReferences } from './attribute-references.ts';

const named = (version: object, section: string, key: string, value: Json): readonly string[] => {
  const { definition } = parseTemplate({ ...version, [section]: { o: { [key]: value } } });
  const output = definition?.outputs.get('o');
  return attributeReferences(output === undefined ? [] : [output.value]).map((one) => `${one.resource} ${one.attribute}`);
};

test.each<[Json, readonly string[]]>([
  [{ get_attr: ['a', 'x', 0] }, ['a x']],
  [{ list_join: ['', [{ get_attr: ['a', 'x'] }]] }, ['a x']],
  [{ get_attr: [{ get_param: 'p' }, 'x'] }, []],
])('HOT: %j', (value, found) => expect(named({ heat_template_version: '2018-08-31' }, 'outputs', 'value', value)).toEqual(found));

test.each<[Json, readonly string[]]>([
  [{ 'Fn::GetAtt': ['a', 'Outputs.x'] }, ['a Outputs.x']],
  [{ 'Fn::Sub': '${a.x} ${b} ${!c.y} ${AWS::Region}' }, ['a x']],
  [{ 'Fn::Sub': ['${a.x}${b.c}', { 'b.c': 1 }] }, ['a x']],
  [{ 'Fn::Sub': ['${a.x}${b.c}', { 'b.c': { 'Fn::GetAtt': ['d', 'e'] } }] }, ['a x', 'd e']],
  [{ 'Fn::Sub': [{ Ref: 'p' }, {}] }, []],
])('CloudFormation: %j', (value, found) =>
  expect(named({ AWSTemplateFormatVersion: '2010-09-09' }, 'Outputs', 'Value', value)).toEqual(found),
);
