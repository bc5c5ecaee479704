/** What a listener may be: combinations that its attributes cannot say. Pure. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { badOption, badRequest, invalid } from './attributes.ts';
import { conflict, type Part } from './state.ts';

/** Pool protocols that a listener of each protocol can send to. */
const POOL_PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  TCP: ['HTTP', 'HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  HTTP: ['HTTP', 'PROXY', 'PROXYV2'],
  HTTPS: ['HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  TERMINATED_HTTPS: ['HTTP', 'PROXY', 'PROXYV2'],
  UDP: ['UDP'],
  SCTP: ['SCTP'],
  PROMETHEUS: [],
};
const HEADERS: readonly string[] = ['X-Forwarded-For', 'X-Forwarded-Port', 'X-Forwarded-Proto'];
const SSL_HEADERS: readonly string[] = [
  ...['X-SSL-Client-Verify', 'X-SSL-Client-Has-Cert', 'X-SSL-Client-DN', 'X-SSL-Client-CN'],
  ...['X-SSL-Issuer', 'X-SSL-Client-SHA1', 'X-SSL-Client-Not-Before', 'X-SSL-Client-Not-After'],
];
const DATAGRAM: ReadonlySet<Json | undefined> = new Set(['UDP', 'SCTP']);
export const isDatagram = (protocol: Json | undefined): boolean => DATAGRAM.has(protocol);
const transportOf = (protocol: Json | undefined): Json => (isDatagram(protocol) ? (protocol as Json) : 'TCP');

export function refuseMismatch(listenerProtocol: Json | undefined, poolProtocol: Json | undefined): void {
  const allowed = POOL_PROTOCOLS[String(listenerProtocol)] ?? [];
  if (!allowed.includes(String(poolProtocol)))
    throw invalid(`The pool protocol '${String(poolProtocol)}' is invalid while the listener protocol is '${String(listenerProtocol)}'.`);
}
export function refuseChildrenOf(listenerProtocol: Json | undefined): void {
  if (listenerProtocol === 'PROMETHEUS') throw badRequest('Protocol PROMETHEUS listeners cannot have child objects.');
}

const isSet = (value: Json | undefined): boolean =>
  value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
const hasCertificates = (values: JsonObject): boolean =>
  isSet(values.default_tls_container_ref) || isSet(values.client_ca_tls_container_ref) || isSet(values.sni_container_refs);
const headersOf = (values: JsonObject): readonly string[] =>
  isJsonObject(values.insert_headers) ? Object.keys(values.insert_headers) : [];

export function refuseNewListener(values: JsonObject): void {
  const { protocol } = values;
  const offloads = protocol === 'TERMINATED_HTTPS' || (protocol === 'PROMETHEUS' && hasCertificates(values));
  refuseHeaders(headersOf(values), String(protocol));
  if (isDatagram(protocol) && (hasCertificates(values) || headersOf(values).length > 0))
    throw invalid(`${String(protocol)} protocol listener does not support TLS.`);
  if (!offloads && hasCertificates(values))
    throw invalid(`Certificate container references are not allowed on ${String(protocol)} protocol listeners.`);
  const hasOwn = isSet(values.default_tls_container_ref) || isSet(values.sni_container_refs);
  if (isSet(values.client_ca_tls_container_ref) && !hasOwn)
    throw invalid('An SNI or default certificate container reference must be provided with a client CA container reference.');
  if (offloads && !hasOwn)
    throw invalid(
      `An SNI or default certificate container reference must be provided for ${String(protocol)}${protocol === 'PROMETHEUS' ? ' with TLS' : ''} protocol listeners.`,
    );
  refuseClientAuthentication(values);
  refuseLists(values, offloads);
}

export function refuseChangedListener(values: JsonObject, before: Part): void {
  const { protocol } = before.body;
  const offloads = protocol === 'TERMINATED_HTTPS' || (protocol === 'PROMETHEUS' && hasCertificates(values));
  if (isDatagram(protocol) && (hasCertificates(values) || headersOf(values).length > 0))
    throw invalid(`${String(protocol)} protocol listener does not support TLS or header insertion.`);
  if (!offloads && hasCertificates(values))
    throw invalid(`Certificate container references are not allowed on ${String(protocol)} protocol listeners.`);
  refuseHeaders(headersOf(values), String(protocol));
  refuseClientAuthentication({ ...before.body, ...values });
  refuseLists(values, true);
}

function refuseClientAuthentication(values: JsonObject): void {
  const asked = values.client_authentication;
  if (asked !== 'NONE' && asked !== null && asked !== undefined && !isSet(values.client_ca_tls_container_ref))
    throw invalid(`Client authentication setting ${String(asked)} requires a client CA container reference.`);
  if (isSet(values.client_crl_container_ref) && !isSet(values.client_ca_tls_container_ref))
    throw invalid('A client authentication CA reference is required to specify a client authentication revocation list.');
}

function refuseHeaders(names: readonly string[], protocol: string): void {
  if (names.length === 0) return;
  if (protocol !== 'HTTP' && protocol !== 'TERMINATED_HTTPS') throw badOption('insert-headers', `a ${protocol} protocol listener.`);
  const shown = (list: readonly string[]): string => `[${list.map((name) => `'${name.slice(0, 100)}'`).join(', ')}]`;
  if (names.some((name) => !HEADERS.includes(name) && !SSL_HEADERS.includes(name)))
    throw badOption(`dict_keys(${shown(names)})`, 'insert_headers');
  const ssl = names.filter((name) => SSL_HEADERS.includes(name));
  if (protocol !== 'TERMINATED_HTTPS' && ssl.length > 0) throw badOption(shown(ssl), `${protocol} protocol listener.`);
}

const VERSIONS: readonly Json[] = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** TLS versions and application protocols of listeners and pools. */
export function refuseLists(values: JsonObject, isTls: boolean): void {
  if (!isTls) return;
  const { tls_versions: versions, alpn_protocols: protocols } = values;
  if (Array.isArray(versions)) {
    if (versions.length === 0)
      throw invalid('Empty TLS version list. Either specify at least one TLS version or remove this parameter to use the default.');
    const unknown = versions.filter((one) => !VERSIONS.includes(one as Json));
    if (unknown.length > 0) throw invalid(`Invalid TLS versions: ${unknown.join(', ')}`);
  }
  if (Array.isArray(protocols) && protocols.length === 0)
    throw invalid('Empty ALPN protocol list. Either specify at least one ALPN protocol or remove this parameter to use the default.');
}

/** Two listeners of one load balancer cannot share a port of one transport protocol. */
export function refuseTakenPort(values: JsonObject, others: readonly Part[]): void {
  const taken = others.find(
    ({ body }) => body.protocol_port === values.protocol_port && transportOf(body.protocol) === transportOf(values.protocol),
  );
  if (taken === undefined) return;
  throw conflict(
    `Another Listener on this Load Balancer is already using protocol ${String(taken.body.protocol)} and protocol_port ${String(values.protocol_port)}`,
  );
}

export function refuseStrangeCidrs(cidrs: Json | undefined, vipAddress: string): void {
  for (const cidr of Array.isArray(cidrs) ? (cidrs as readonly Json[]) : []) {
    if (String(cidr).includes(':') !== vipAddress.includes(':'))
      throw invalid(`CIDR ${String(cidr)} IP version incompatible with VIP ${vipAddress} IP version.`);
  }
}

const SUITES = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256', 'DHE-RSA-AES256-GCM-SHA384'],
  ...['DHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES128-GCM-SHA256', 'DHE-RSA-AES256-SHA256'],
  ...['DHE-RSA-AES128-SHA256', 'ECDHE-RSA-AES256-SHA384', 'ECDHE-RSA-AES128-SHA256'],
].join(':');
/** Ciphers, versions and protocols where TLS is spoken and nothing was said. */
export const withTlsDefaults = (values: JsonObject): JsonObject => ({
  ...values,
  tls_ciphers: values.tls_ciphers ?? SUITES,
  tls_versions: values.tls_versions ?? ['TLSv1.2', 'TLSv1.3'],
  alpn_protocols: values.alpn_protocols ?? ['h2', 'http/1.1', 'http/1.0'],
});
