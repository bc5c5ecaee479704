/** `OS::Heat::ResourceChain`: resources of several types with the same properties, one after the other. Behaviour: templates.md 8.4. */
import { isJsonArray } from '@hearth/kernel';
import { a, compositeType, p, type ChildDefinition, type CompositeInput } from '@hearth/resource-kit';
import { CHAIN_OWN, memberAsks, memberResource, membersTemplate, selectFromMembers } from './members.ts';

function definition(input: CompositeInput): ChildDefinition {
  const types = isJsonArray(input.props['resources']) ? input.props['resources'] : [];
  const isConcurrent = input.props['concurrent'] === true;
  const resources = Object.fromEntries(
    types.slice(0, input.maxMembers).map((type, index) => {
      const after = isConcurrent || index === 0 ? {} : { depends_on: [String(index - 1)] };
      return [String(index), memberResource(String(type), input.props['resource_properties'], input.isTrial, after)];
    }),
  );
  return { template: membersTemplate(resources), parameters: {}, asks: memberAsks(input.asked, Object.keys(resources), CHAIN_OWN) };
}

export const resourceChain = compositeType({
  name: 'OS::Heat::ResourceChain',
  doc: 'Resources of several types, with the same properties, one after the other.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  properties: {
    resources: p.list('Types of the members, in order.', { required: true, updatable: true }),
    concurrent: p.boolean('Whether members may be made at the same time.', { default: false }),
    resource_properties: p.map('Properties that every member gets.'),
  },
  attributes: {
    refs: a.list('Reference ids of the members, in order.'),
    attributes: a.map('Values of one attribute by the names of the members; the path names the attribute.'),
  },
  examples: [
    {
      name: 'two values',
      props: { resources: ['OS::Heat::Value', 'OS::Heat::Value'], resource_properties: { value: 'same' } },
      updates: [{ resources: ['OS::Heat::Value', 'OS::Heat::Value', 'OS::Heat::Value'] }],
      replacedBy: { concurrent: true },
    },
  ],
  composite: { definition, select: (selection, child) => selectFromMembers(selection, child, CHAIN_OWN) },
});
