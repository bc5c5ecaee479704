/** What pools, their members and health monitors may be. Pure. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { badOption, invalid } from './attributes.ts';
import { isDatagram, refuseLists } from './listener-rules.ts';

/** What a cookie's name may be made of; everything else is refused. */
const COOKIE_NAME = /^[^\p{Cc} "(),/:-@[-\]{}]+$/u;

export function refusePersistence(protocol: Json | undefined, given: Json | undefined): void {
  if (!isJsonObject(given)) return;
  const { type, cookie_name: cookie, persistence_timeout: timeout, persistence_granularity: granularity } = given;
  if (isDatagram(protocol)) {
    if (cookie !== null && cookie !== undefined) throw invalid('Cookie names are not supported for UDP/SCTP pools.');
    if (type === 'HTTP_COOKIE' || type === 'APP_COOKIE')
      throw invalid(`Session persistence of type ${type} is not supported for UDP/SCTP protocol pools.`);
  } else if (timeout || granularity) {
    throw invalid('persistence_timeout and persistence_granularity is only for UDP and SCTP protocol pools.');
  }
  if (typeof cookie === 'string') {
    if (type !== 'APP_COOKIE') throw invalid('Field "cookie_name" can only be specified with session persistence of type "APP_COOKIE".');
    if (!COOKIE_NAME.test(cookie)) throw invalid('Supplied "cookie_name" is invalid.');
  } else if (type === 'APP_COOKIE') {
    throw invalid('Field "cookie_name" must be specified when using the "APP_COOKIE" session persistence type.');
  }
}

export function refuseNewPool(values: JsonObject): void {
  refusePersistence(values.protocol, values.session_persistence);
  if (isJsonObject(values.session_persistence) && values.session_persistence.type === null)
    throw invalid('Invalid session_persistence provided.');
  refusePoolTls(values);
  refuseLists(values, values.tls_enabled === true);
}
export function refuseChangedPool(values: JsonObject, before: JsonObject): void {
  refusePersistence(before.protocol, values.session_persistence);
  refusePoolTls({ ...before, ...values });
  refuseLists(values, true);
}
function refusePoolTls({ crl_container_ref: revoked, ca_tls_container_ref: authority }: JsonObject): void {
  if (typeof revoked === 'string' && typeof authority !== 'string')
    throw invalid('A CA certificate reference is required to specify a revocation list.');
}

const WEB: ReadonlySet<Json | undefined> = new Set(['HTTP', 'HTTPS']);
const WEB_ONLY = ['http_method', 'url_path', 'expected_codes'] as const;
const WEB_DEFAULTS: JsonObject = { http_method: 'GET', url_path: '/', expected_codes: '200' };
const MIN_DATAGRAM_DELAY_S = 3;

/** The values to keep: those of the web have defaults. */
export function newMonitor(values: JsonObject, poolProtocol: Json | undefined): JsonObject {
  refuseMonitorOf(values, poolProtocol);
  const isWeb = WEB.has(values.type);
  for (const name of WEB_ONLY) {
    if (!isWeb && values[name]) throw badOption(name, `health monitors of type ${String(values.type)}`);
  }
  refuseDomain(values);
  if (!isWeb) return values;
  return { ...values, ...Object.fromEntries(WEB_ONLY.map((name) => [name, values[name] ?? (WEB_DEFAULTS[name] as Json)])) };
}

export function changedMonitor(values: JsonObject, before: JsonObject, poolProtocol: Json | undefined): JsonObject {
  const isWeb = WEB.has(before.type);
  for (const name of WEB_ONLY) if (!isWeb && name in values) throw badOption(name, `health monitors of type ${String(before.type)}`);
  for (const name of ['delay', 'max_retries', 'timeout'] as const) if (values[name] === null) throw badOption('None', name);
  refuseDomain({ ...before, ...values });
  refuseMonitorOf({ ...before, ...values }, poolProtocol);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? (isWeb ? (WEB_DEFAULTS[name] ?? null) : null)]));
}

function refuseDomain({ domain_name: domain, http_version: version }: JsonObject): void {
  if (typeof domain !== 'string') return;
  if (typeof version !== 'number') throw invalid("'http_version' must be specified when 'domain_name' is provided.");
  if (version < 1.1) throw badOption(`http_version ${version.toFixed(1)}`, 'health monitors HTTP 1.1 domain name health check');
}

function refuseMonitorOf({ type, delay }: JsonObject, poolProtocol: Json | undefined): void {
  if (!isDatagram(poolProtocol)) {
    if (type === 'UDP-CONNECT' || type === 'SCTP') throw invalid(`The ${type} type is only supported for pools of type UDP/SCTP.`);
    return;
  }
  if (!['UDP-CONNECT', 'SCTP', 'TCP', 'HTTP'].includes(String(type)))
    throw invalid(
      `The associated pool protocol is ${String(poolProtocol)}, so only a UDP-CONNECT/SCTP/TCP/HTTP health monitor is supported.`,
    );
  if (type === 'UDP-CONNECT' && Number(delay) < MIN_DATAGRAM_DELAY_S)
    throw invalid(
      `The request delay value ${String(delay)} should be larger than ${MIN_DATAGRAM_DELAY_S} for UDP-CONNECT health monitor type.`,
    );
}
