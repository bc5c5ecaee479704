/** The templates that are measured, as their resources. */

export type Resources = Readonly<Record<string, unknown>>;

const named = (n: number, prefix: string, resource: (i: number) => unknown): Resources =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${prefix}${i}`, resource(i)]));

/** Without properties 10,000 of them stay below Heat's limit of a template's size. */
const RANDOM_STRING = { type: 'OS::Heat::RandomString' };

/** Nothing depends on anything. */
export const flatResources = (n: number): Resources => named(n, 'r', () => RANDOM_STRING);

/** The same, one of them different. */
export const withOneChanged = (resources: Resources): Resources => ({
  ...resources,
  [`r${Math.floor(Object.keys(resources).length / 2)}`]: { ...RANDOM_STRING, properties: { length: 9 } },
});

/** Each holds the value of the one before. */
export const chainResources = (n: number): Resources =>
  named(n, 'r', (i) => ({
    type: 'OS::Heat::Value',
    properties: { type: 'string', value: i === 0 ? 'x' : { get_attr: [`r${i - 1}`, 'value'] } },
  }));

export const groupResources = (n: number): Resources => ({
  group: { type: 'OS::Heat::ResourceGroup', properties: { count: n, resource_def: RANDOM_STRING } },
});

/** Each server with a port of its own, as templates that care for addresses do it. */
export const serverResources = (n: number): Resources => ({
  ...named(n, 'p', () => ({ type: 'OS::Neutron::Port', properties: { network: 'private' } })),
  ...named(n, 's', (i) => ({
    type: 'OS::Nova::Server',
    properties: { image: 'testimage', flavor: 'm1.tiny', networks: [{ port: { get_resource: `p${i}` } }] },
  })),
});

/** Nested stacks, all of one template that comes along. */
export const treeResources = (n: number): Resources => named(n, 'part', (i) => ({ type: TREE_FILE, properties: { label: `part-${i}` } }));

const TREE_FILE = 'part.yaml';

/** The template of one nested stack: `size` resources, the last of which needs all others. */
export const treeFiles = (size: number): Readonly<Record<string, string>> => ({
  [TREE_FILE]: JSON.stringify({
    heat_template_version: '2018-08-31',
    parameters: { label: { type: 'string' } },
    resources: {
      ...named(size - 1, 'r', () => RANDOM_STRING),
      all: {
        type: 'OS::Heat::Value',
        properties: {
          value: {
            list_join: ['-', [{ get_param: 'label' }, ...Array.from({ length: size - 1 }, (_, i) => ({ get_attr: [`r${i}`, 'value'] }))]],
          },
        },
      },
    },
    outputs: { all: { value: { get_attr: ['all', 'value'] } } },
  }),
});
