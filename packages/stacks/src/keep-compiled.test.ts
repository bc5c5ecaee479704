/** What is kept of a definition that was checked is what anybody finds who compiles it from the database. */
import { compileDefinition, type CompiledDefinition } from '@hearth/engine';
import type { JsonObject } from '@hearth/kernel';
import { findDefinition, findStackById, type StackRecord } from '@hearth/store';
import { nothingKnown, resolveOutput, resolveResource } from '@hearth/template';
import { expect, test } from 'vitest';
import { freshStacks } from './testing/fresh-stacks.ts';
import { sampleCreate, sampleUpdate, testCaller } from './testing/index.ts';

const world = freshStacks();
const caller = testCaller('project-a');

const HOT = `
heat_template_version: 2021-04-16
parameters:
  name: {type: string, default: one}
  secret: {type: string, hidden: true, default: hunter2}
conditions:
  wanted: {equals: [{get_param: name}, one]}
resources:
  always:
    type: Test::Thing
    properties: {name: {get_file: 'file:///name.txt'}}
  sometimes:
    type: Test::Thing
    condition: wanted
    depends_on: always
    properties: {name: {list_join: ['-', [{get_param: name}, {get_param: secret}, {get_attr: [always, name]}]]}}
outputs:
  made: {value: {get_attr: [always, name]}}
  told: {value: {get_param: secret}, condition: wanted}
`;
const FILES = { 'file:///name.txt': 'from a file' };
const CFN: JsonObject = {
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: { r: { Type: 'Test::Thing', Properties: { name: { 'Fn::Join': [',', { 'Fn::GetAZs': '' }] } } } },
  Outputs: { o: { Value: { 'Fn::Join': [',', { 'Fn::GetAZs': '' }] } } },
};

/** All that is asked of one: what there is, in which order, with which values, where they are secret, and what goes wrong. */
const said = (one: CompiledDefinition): unknown => ({
  id: one.id,
  environment: one.environment,
  implementations: [...one.implementations],
  requires: [...one.requires],
  parameters: [...one.bound.parameters],
  hidden: [...one.bound.hidden],
  resources: [...one.bound.resources.keys()].map((name) => [
    name,
    resolveResource(one.bound, name, nothingKnown),
    one.bound.resources.get(name)?.rawProperties,
    [...one.usedAttributes(name)],
    [...one.usedSelections(name)],
  ]),
  outputs: [...one.bound.outputs.keys()].map((name) => [name, resolveOutput(one.bound, name, nothingKnown)]),
});

async function comparison({ id }: StackRecord): Promise<{ readonly kept: unknown; readonly stored: unknown }> {
  const { database, ports, secretBox } = world;
  const stack = await findStackById(database, null, id);
  const record = stack === null ? null : await findDefinition(database, secretBox, id, stack.definitionId);
  if (stack === null || record === null) throw new Error('it is not there');
  const kept = ports.definitions.get(record.id);
  return { kept: kept === null ? null : said(kept), stored: said(compileDefinition(record, stack, ports.registry)) };
}

test.each([
  ['a HOT template as text, with files and values', { template: HOT, files: FILES, environment: { parameters: { secret: 'other' } } }],
  ['a CFN template that asks the cloud', { template: CFN }],
])('%s', async (_name, given) => {
  const made = await world.stacks.createStack(caller, sampleCreate({ name: 'web', ...given }));
  const created = await comparison(made);
  expect(created.kept).toEqual(created.stored);
  await world.settle();
  const updated = await world.stacks.updateStack(caller, { id: made.id, name: 'web' }, sampleUpdate({ ...given, tags: ['x'] }));
  const again = await comparison(updated);
  expect(again.kept).toEqual(again.stored);
  expect(again.kept).not.toEqual(created.kept);
});
