/** Our schemas against the recorded facts of the reference (`testdata/resource-types/`): every type is there, and none differs unless it is explained. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ResourceType } from '@hearth/resource-kit';
import { schemaDifferences, type TypeFacts } from '@hearth/resource-kit/testing';
import { awsTypes } from '@hearth/resources-aws';
import { coreTypes } from '@hearth/resources-core';
import { openstackTypes } from '@hearth/resources-openstack';
import { describe, expect, it } from 'vitest';
import { TYPE_LIST, typeList } from '../tools/registry/list-types.ts';
import { hasNoSchema } from './schemas-explained.ts';

const folder = fileURLToPath(new URL('../testdata/resource-types/', import.meta.url));
const recorded = new Map(
  readdirSync(folder).map((file) => {
    const facts = JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as TypeFacts;
    return [facts.name, facts] as const;
  }),
);
const types = new Map<string, ResourceType<never>>([...coreTypes, ...openstackTypes, ...awsTypes].map((type) => [type.name, type]));
const compared = [...recorded.keys()].filter((name) => !hasNoSchema.has(name));

describe('schemas', () => {
  it('there are facts of 206 types', () => expect(recorded.size).toBe(206));
  it.each(compared)('%s is as recorded', (name) => {
    const type = types.get(name);
    if (type === undefined) throw new Error(`there is no resource type ${name}`);
    expect(schemaDifferences(type, recorded.get(name) as TypeFacts)).toEqual([]);
  });
  it('what has no schema of its own is not one of our types', () => {
    for (const name of hasNoSchema) expect([name, recorded.has(name), types.has(name)]).toEqual([name, true, false]);
  });
  it('every property and attribute is described', () => {
    for (const type of types.values()) expect([type.name, undescribed(type)]).toEqual([type.name, []]);
  });
  it('the list in the documents is the list of the types (node tools/registry/list-types.ts writes it)', () => {
    expect(readFileSync(TYPE_LIST, 'utf8')).toBe(typeList());
  });
  it('notices a difference', () => {
    const facts = recorded.get('OS::Nova::KeyPair') as TypeFacts;
    const type = types.get('OS::Nova::KeyPair') as ResourceType<never>;
    expect(schemaDifferences(type, { ...facts, attributes: { ...facts.attributes, extra: null } })).toHaveLength(1);
  });
});

function undescribed(type: ResourceType<never>): readonly string[] {
  const found: string[] = [];
  const walk = (schemas: ResourceType['properties'], path: string): void => {
    for (const [name, schema] of Object.entries(schemas)) {
      if (schema.doc === '') found.push(`${path}${name}`);
      walk(schema.fields ?? schema.items?.fields ?? {}, `${path}${name}.`);
    }
  };
  walk(type.properties, '');
  return [...found, ...Object.entries(type.attributes).flatMap(([name, { doc }]) => (doc === '' ? [`@${name}`] : []))];
}
