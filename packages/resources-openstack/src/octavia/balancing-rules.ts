/** Which combinations of properties the parts of a load balancer refuse, in both of OpenStack's load balancing services. */
import { isEmpty, isFilled, isGiven, needsValue, oneNeeded } from '@hearth/resource-kit';

/** As rules see values: `undefined` is not known yet. */
type Text = string | null | undefined;

interface ListenerRuled {
  readonly loadbalancer?: Text;
  readonly default_pool?: Text;
  readonly protocol?: Text;
  readonly default_tls_container_ref?: Text;
}
export function listenerProblems(props: ListenerRuled): readonly string[] {
  const { loadbalancer, default_pool, protocol, default_tls_container_ref: reference } = props;
  if (loadbalancer === null && default_pool === null) return [oneNeeded('loadbalancer', 'default_pool')];
  if (protocol === 'TERMINATED_HTTPS' && reference === null)
    return ['Property default_tls_container_ref required when protocol is TERMINATED_HTTPS.'];
  return [];
}

interface Persistence {
  readonly type?: Text;
  readonly cookie_name?: Text;
}
interface PoolRuled {
  readonly listener?: Text;
  readonly loadbalancer?: Text;
  readonly session_persistence?: Persistence | null | undefined;
}
export function poolProblems({ listener, loadbalancer, session_persistence: persistence }: PoolRuled): readonly string[] {
  if (listener === null && loadbalancer === null) return [oneNeeded('listener', 'loadbalancer')];
  if (persistence?.type === 'APP_COOKIE' && isEmpty(persistence.cookie_name))
    return ['Property cookie_name is required when session_persistence type is set to APP_COOKIE.'];
  if (persistence?.type === 'SOURCE_IP' && isFilled(persistence.cookie_name))
    return ['Property cookie_name must NOT be specified when session_persistence type is set to SOURCE_IP.'];
  return [];
}

interface PolicyRuled {
  readonly action?: Text;
  readonly redirect_pool?: Text;
  readonly redirect_url?: Text;
}
/** Each of the two targets with its action only. */
export function policyProblems({ action, redirect_pool: pool, redirect_url: url }: PolicyRuled): readonly string[] {
  if (action === 'REJECT' && (isGiven(pool) || isGiven(url)))
    return ['Properties redirect_pool and redirect_url are not required when action type is set to REJECT.'];
  if (action === 'REDIRECT_TO_POOL') {
    if (isGiven(url)) return [needsValue('redirect_url', 'action', 'REDIRECT_TO_URL')];
    if (pool === null) return ['Property redirect_pool is required when action type is set to REDIRECT_TO_POOL.'];
  }
  if (action === 'REDIRECT_TO_URL') {
    if (isGiven(pool)) return [needsValue('redirect_pool', 'action', 'REDIRECT_TO_POOL')];
    if (url === null) return ['Property redirect_url is required when action type is set to REDIRECT_TO_URL.'];
  }
  return [];
}

export function ruleProblems({ type, key }: { readonly type?: Text; readonly key?: Text }): readonly string[] {
  return (type === 'HEADER' || type === 'COOKIE') && key === null
    ? ['Property key is missing. This property should be specified for rules of HEADER and COOKIE types.']
    : [];
}
