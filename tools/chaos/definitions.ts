/** What the stacks of a chaos run are made of: each generation differs from the one before, so that updates change in place, replace, add and remove. */

export interface Definition {
  readonly generation: number;
  /** A resource that fails each creation and update. */
  readonly fails: boolean;
  /** Held before the update of one resource until somebody clears it. */
  readonly hook: boolean;
}

export const HOOKED = 'hooked';
export const FAILING = 'failing';
export const HANDLE = 'handle';
/** What nothing is left of in the cloud, wherever it is left. */
export const RETAINED = 'tied';
/** Waits until a guest says that it is done. Nobody signals while a hook is waited for. */
export const isSignalled = ({ generation, hook }: Definition): boolean => generation % 5 === 0 && !hook;
/** Names of what the template says, at the top. */
export const resourcesOf = (definition: Definition): readonly string[] => Object.keys(resources(definition)).sort();

/** The body of a creation or an update. */
export function bodyOf(definition: Definition): object {
  return {
    template: {
      heat_template_version: '2018-08-31',
      resources: resources(definition),
      outputs: { generation: { value: String(definition.generation) } },
    },
    files: { 'pair.yaml': JSON.stringify(PAIR) },
    environment: definition.hook ? { resource_registry: { resources: { [HOOKED]: { hooks: 'pre-update' } } } } : {},
    timeout_mins: 20,
  };
}

const PAIR = {
  heat_template_version: '2018-08-31',
  parameters: { network: { type: 'string' }, size: { type: 'number' } },
  resources: {
    port: { type: 'OS::Neutron::Port', properties: { network: { get_param: 'network' } } },
    group: {
      type: 'OS::Heat::ResourceGroup',
      properties: { count: { get_param: 'size' }, resource_def: { type: 'OS::Heat::RandomString' } },
    },
  },
};

const SIGNALLED = {
  [HANDLE]: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'CFN_SIGNAL' } },
  ready: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: HANDLE }, timeout: 900 } },
};

const network = { get_resource: 'network' };

function resources(definition: Definition): Record<string, object> {
  const { generation, fails } = definition;
  const every = (n: number): boolean => generation % n === 0;
  return {
    network: { type: 'OS::Neutron::Net' },
    subnet: { type: 'OS::Neutron::Subnet', properties: { network, cidr: '10.66.0.0/24' } },
    // A change in place.
    port: { type: 'OS::Neutron::Port', depends_on: 'subnet', properties: { network, name: `named-${generation}` } },
    [HOOKED]: { type: 'OS::Heat::TestResource', properties: { value: `v${generation}` } },
    // Replaced whenever its length changes, and everything that uses it with it.
    secret: { type: 'OS::Heat::RandomString', properties: { length: 8 + (generation % 3) } },
    [RETAINED]: { type: 'OS::Heat::TestResource', properties: { value: { get_attr: ['secret', 'value'] }, wait_secs: 0.3 } },
    // Replaced every third time.
    web: {
      type: 'OS::Nova::Server',
      depends_on: 'subnet',
      properties: {
        image: 'testimage',
        flavor: 'm1.tiny',
        networks: [{ network }],
        key_name: every(3) ? 'testkey' : null,
        metadata: { generation: String(generation) },
      },
    },
    group: {
      type: 'OS::Heat::ResourceGroup',
      depends_on: 'subnet',
      properties: {
        count: 1 + (generation % 3),
        resource_def: { type: 'OS::Neutron::Port', properties: { network, name: `member-%index%-${generation % 2}` } },
      },
    },
    ...(every(2) ? { pair: { type: 'pair.yaml', depends_on: 'subnet', properties: { network, size: 1 + (generation % 4) } } } : {}),
    ...(every(4) ? { volume: { type: 'OS::Cinder::Volume', properties: { size: 1 } } } : {}),
    ...(isSignalled(definition) ? SIGNALLED : {}),
    ...(fails ? { [FAILING]: { type: 'OS::Heat::TestResource', depends_on: 'port', properties: { value: 'x', fail: true } } } : {}),
  };
}
