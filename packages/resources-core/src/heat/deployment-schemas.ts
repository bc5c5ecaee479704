/** What the deployments share: of software or of structures, to one server or to several. */
import { a, c, p, type Attributes, type Properties } from '@hearth/resource-kit';
import { GROUP_POLICY } from '../composite/batches.ts';

const ACTIONS = ['CREATE', 'UPDATE', 'DELETE', 'SUSPEND', 'RESUME'] as const;
const TRANSPORTS = ['CFN_SIGNAL', 'TEMP_URL_SIGNAL', 'HEAT_SIGNAL', 'NO_SIGNAL', 'ZAQAR_SIGNAL'] as const;

/** Of every deployment. */
const common = {
  config: p.string('Id of the config to apply.', { updatable: true }),
  input_values: p.map('Values of the inputs of the config, by name.', { updatable: true }),
  actions: p.list('Actions of this resource in which the config is applied.', {
    updatable: true,
    default: ['CREATE', 'UPDATE'],
    constraints: [c.oneOf(...ACTIONS)],
  }),
  name: p.string('What the guest sorts its deployments by; made up unless given.', { updatable: true }),
  signal_transport: p.string('How the guest tells that it is done. NO_SIGNAL: nobody waits for it.', {
    default: 'CFN_SIGNAL',
    constraints: [c.oneOf(...TRANSPORTS)],
  }),
} satisfies Properties;

/** Of deployments of structures. */
export const structured = {
  input_key: p.string('Key of the maps in the structure that stand for an input: `{get_input: name}`.', { default: 'get_input' }),
  input_values_validate: p.string('Whether every input that the structure names must have a value (STRICT) or not (LAX).', {
    default: 'LAX',
    constraints: [c.oneOf('LAX', 'STRICT')],
  }),
} satisfies Properties;

/** To one server. */
export const toServer = {
  ...common,
  server: p.string('Id of the server.', { required: true }),
} satisfies Properties;
export const told: Attributes = {
  deploy_stdout: a.string('What the tool wrote to its standard output.'),
  deploy_stderr: a.string('What the tool wrote to its standard error.'),
  deploy_status_code: a.string('The status with which the tool ended.'),
};

/** To several servers. */
export const toServers = {
  ...common,
  servers: p.map('Ids of the servers, by names that are used for the deployments.', { required: true, updatable: true }),
} satisfies Properties;
export const toldByServer: Attributes = {
  deploy_stdouts: a.map('What the tools wrote to their standard output, by server.'),
  deploy_stderrs: a.map('What the tools wrote to their standard error, by server.'),
  deploy_status_codes: a.map('The statuses with which the tools ended, by server.'),
};

const { min_in_service: _, ...rolling } = GROUP_POLICY.rolling_update.fields ?? {};
/** Of a deployment to several servers: no server counts as in service. */
export const deploymentPolicy = {
  rolling_update: p.mapOf(rolling)('How the deployments of the servers are changed.'),
  batch_create: GROUP_POLICY.batch_create,
};

export const replacedByGroup = { status: 'HIDDEN', since: '7.0.0', previous: { status: 'DEPRECATED', since: '2014.2' } } as const;
