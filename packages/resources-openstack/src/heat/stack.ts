/**
 * `OS::Heat::Stack`: a stack of its own in this or another region, made through that region's orchestration service with the rights of this stack's
 * owner. Behaviour: resource-types.md section 6.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { a, done, p, ResourceFailed, wait, type Progress } from '@hearth/resource-kit';
import type { Cloud, RemoteStackWish } from '@hearth/cloud-openstack';
import { openstackType } from '../openstack-type.ts';

const PAUSE_MS = 1_000;

interface Props {
  readonly context: { readonly region_name: string | null } | null;
  readonly template: string;
  readonly parameters: JsonObject;
  readonly timeout: number | null;
}
const regionOf = ({ context }: Pick<Props, 'context'>): string | null => context?.region_name ?? null;
const wishOf = ({ template, parameters, timeout }: Props): RemoteStackWish => ({
  template,
  parameters,
  files: {},
  timeoutMins: timeout,
});

/** One look at the stack: done once it is complete with that action. */
async function progressOf(cloud: Cloud, props: Props, physicalId: string, action: 'CREATE' | 'UPDATE'): Promise<Progress> {
  const stack = await cloud.orchestration.getStack(regionOf(props), physicalId);
  if (stack === null) throw new ResourceFailed(`the stack ${physicalId} is gone`, 'NotFound');
  const status = String(stack.stack_status);
  if (status.endsWith('_IN_PROGRESS')) return wait(status, { afterMs: PAUSE_MS });
  if (status === `${action}_COMPLETE`) return done();
  if (status.endsWith('_FAILED')) throw new ResourceFailed(String(stack.stack_status_reason), 'ResourceInError');
  throw new ResourceFailed(`the stack ended as ${status}: ${String(stack.stack_status_reason)}`, 'ResourceUnknownStatus');
}

function outputsOf(stack: JsonObject): JsonObject {
  const outputs = isJsonArray(stack.outputs) ? stack.outputs.filter(isJsonObject) : [];
  return Object.fromEntries(outputs.map((output) => [String(output.output_key), (output.output_value ?? null) as Json]));
}

const EMPTY = 'heat_template_version: 2018-08-31\nresources: {}\n';
const withOutput = (value: string): string =>
  `heat_template_version: 2018-08-31\nresources: {v: {type: OS::Heat::Value, properties: {value: ${value}}}}\noutputs: {o: {value: {get_attr: [v, value]}}}\n`;

export const stack = openstackType({
  name: 'OS::Heat::Stack',
  doc: 'A stack of its own, in this or another region.',
  support: { status: 'SUPPORTED', since: null },
  service: 'heat',
  properties: {
    context: p.mapOf({
      region_name: p.string('The region in which the stack is made.'),
      credential_secret_id: p.string('A secret with credentials for another cloud.', { updatable: true }),
      ca_cert: p.string('Certificates to trust when talking to another cloud.', { updatable: true }),
      insecure: p.boolean('Whether to do without checking certificates.', { default: false, updatable: true }),
    })('Where the stack is made, if not here.', { updatable: true }),
    template: p.string('The template, as text.', { required: true, updatable: true }),
    timeout: p.integer('Minutes that creating or updating it may take.', { updatable: true }),
    parameters: p.map('Values of its parameters.', { default: {}, updatable: true }),
  },
  attributes: {
    stack_name: a.string('The name of the stack.'),
    outputs: a.map('The outputs of the stack, by name.'),
  },
  examples: [
    { name: 'empty', props: { template: EMPTY } },
    {
      name: 'with an output',
      props: { template: withOutput('one'), context: { region_name: 'RegionOne' } },
      updates: [{ template: withOutput('two') }],
      replacedBy: { context: { region_name: 'RegionTwo' } },
    },
  ],
  validate({ context }) {
    if (context === undefined || context === null) return [];
    const { credential_secret_id: secret, ca_cert: certificates, insecure } = context;
    if (secret !== null && secret !== undefined)
      return [
        'context.credential_secret_id needs the key manager service, which cannot be used yet; leave it out to act with your own rights',
      ];
    if ((certificates !== null && certificates !== undefined) || insecure === true)
      return ['context.ca_cert and context.insecure are for another cloud, which needs context.credential_secret_id'];
    return [];
  },
  replaces: (before, after) => (regionOf(before) === regionOf(after) ? [] : ['context']),
  find: async ({ cloud, physicalName, props }) => {
    const found = await cloud.orchestration.stacksNamed(regionOf(props), physicalName);
    return found.map((one) => String(one.id));
  },
  create: async ({ cloud, physicalName, props }) => {
    const physicalId = await cloud.orchestration.createStack(regionOf(props), physicalName, wishOf(props));
    return wait('CREATE_IN_PROGRESS', { physicalId, afterMs: PAUSE_MS });
  },
  checkCreate: ({ cloud, props, physicalId }) => progressOf(cloud, props, physicalId, 'CREATE'),
  update: async ({ cloud, physicalName, props, physicalId }) => {
    await cloud.orchestration.updateStack(regionOf(props), physicalName, physicalId, wishOf(props));
    return wait('UPDATE_IN_PROGRESS', { afterMs: PAUSE_MS });
  },
  checkUpdate: ({ cloud, props, physicalId }) => progressOf(cloud, props, physicalId, 'UPDATE'),
  delete: async ({ cloud, physicalName, props, physicalId }) => {
    if ((await cloud.orchestration.getStack(regionOf(props), physicalId)) === null) return done();
    await cloud.orchestration.deleteStack(regionOf(props), physicalName, physicalId);
    return wait('DELETE_IN_PROGRESS', { afterMs: PAUSE_MS });
  },
  checkDelete: async ({ cloud, props, physicalId }) => {
    const found = await cloud.orchestration.getStack(regionOf(props), physicalId);
    if (found === null) return done();
    if (found.stack_status === 'DELETE_FAILED') throw new ResourceFailed(String(found.stack_status_reason), 'ResourceInError');
    return wait(String(found.stack_status), { afterMs: PAUSE_MS });
  },
  // What the stack was made from is not shown in the form in which it was given.
  liveProperties: () => ({}),
  observe: async ({ cloud, props, physicalId }) => {
    const found = await cloud.orchestration.getStack(regionOf(props), physicalId);
    return found === null ? null : { stack_name: String(found.stack_name), outputs: outputsOf(found), show: found };
  },
});
