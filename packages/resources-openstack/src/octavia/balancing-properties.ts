/** Properties that the parts of a load balancer have in both of OpenStack's load balancing services. */
import { c, p } from '@hearth/resource-kit';

const name = p.string('The name; one is made up if there is none.', { updatable: true });
const description = p.string('Free text.', { default: '', updatable: true });
const tenant_id = p.string('The project that will own it; for administrators.');

export const balancerProperties = {
  name,
  description,
  vip_address: p.string('The address to have; one is chosen if nothing is said.', { constraints: [c.custom('ip_addr')] }),
  vip_subnet: p.string('Name or id of the subnet that the address is from.', {
    required: true,
    constraints: [c.custom('neutron.subnet')],
  }),
  admin_state_up: p.boolean('Whether it takes connections.', { default: true, updatable: true }),
  tenant_id: p.string('Name or id of the project that will own it; for administrators.', { constraints: [c.custom('keystone.project')] }),
};

export const listenerProperties = {
  name,
  description,
  tenant_id,
  protocol_port: p.integer('The port.', { required: true, constraints: [c.range(1, 65535)] }),
  admin_state_up: p.boolean('Whether it takes connections.', { default: true, updatable: true }),
  default_tls_container_ref: p.string('Reference of the certificate; needed for TERMINATED_HTTPS.', { updatable: true }),
  sni_container_refs: p.list('References of certificates for other host names.', { updatable: true }),
  connection_limit: p.integer('How many connections it takes at once; -1: any number.', {
    default: -1,
    updatable: true,
    constraints: [c.range(-1, null)],
  }),
};

export const poolProperties = {
  name,
  description,
  admin_state_up: p.boolean('Whether connections go to it.', { default: true, updatable: true }),
};
export const persistenceFields = {
  type: p.string('What a session is known by.', { required: true, constraints: [c.oneOf('SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE')] }),
  cookie_name: p.string('Name of the cookie, with APP_COOKIE.'),
};

export const memberProperties = {
  address: p.string('Its address.', { required: true, constraints: [c.custom('ip_addr')] }),
  protocol_port: p.integer('Its port.', { required: true, constraints: [c.range(1, 65535)] }),
  weight: p.integer('Its share; 0: no new connections.', { default: 1, updatable: true, constraints: [c.range(0, 256)] }),
  admin_state_up: p.boolean('Whether connections go to it.', { default: true, updatable: true }),
};

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'PATCH'] as const;
export const monitorProperties = {
  tenant_id,
  admin_state_up: p.boolean('Whether it looks.', { default: true, updatable: true }),
  delay: p.integer('Seconds between two looks.', { required: true, updatable: true, constraints: [c.range(0, null)] }),
  max_retries: p.integer('Good answers in a row before a server gets connections again.', {
    required: true,
    updatable: true,
    constraints: [c.range(1, 10)],
  }),
  timeout: p.integer('Seconds to wait for an answer.', { required: true, updatable: true, constraints: [c.range(0, null)] }),
};

export const policyProperties = {
  name,
  description: p.string('Free text.', { updatable: true }),
  admin_state_up: p.boolean('Whether it is looked at.', { default: true, updatable: true }),
  action: p.string('What is done.', {
    required: true,
    updatable: true,
    constraints: [c.oneOf('REJECT', 'REDIRECT_TO_POOL', 'REDIRECT_TO_URL')],
  }),
  redirect_url: p.string('The address to send to.', { updatable: true }),
  position: p.number('Its place among the listener’s policies, from 1; the last one if nothing is said.', {
    updatable: true,
    constraints: [c.range(1, null)],
  }),
};

export const ruleProperties = {
  admin_state_up: p.boolean('Whether it is looked at.', { default: true, updatable: true }),
  type: p.string('What of the request is compared.', {
    required: true,
    updatable: true,
    constraints: [c.oneOf('HOST_NAME', 'PATH', 'FILE_TYPE', 'HEADER', 'COOKIE')],
  }),
  compare_type: p.string('How it is compared.', {
    required: true,
    updatable: true,
    constraints: [c.oneOf('REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO')],
  }),
  key: p.string('Name of the header or cookie.', { updatable: true }),
  value: p.string('What it is compared with.', { required: true, updatable: true }),
  invert: p.boolean('Whether it matches when the comparison does not.', { default: false, updatable: true }),
};
