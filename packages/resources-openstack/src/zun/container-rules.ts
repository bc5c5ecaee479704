/** Combinations of a container's properties that its schema cannot say, in Heat's words. */
import { conflict, isFilled, oneNeeded } from '@hearth/resource-kit';

interface Mount {
  readonly volume_id?: string | null;
  readonly volume_size?: number | null;
}
interface Network {
  readonly network?: string | null;
  readonly port?: string | null;
  readonly fixed_ip?: string | null;
}
interface RuleProps {
  readonly restart_policy?: string | null;
  readonly mounts?: readonly (Mount | null)[] | null;
  readonly networks?: readonly (Network | null)[] | null;
}

/** The first problem; absent properties are not known yet, and neither are null entries of lists. */
export function containerProblems({ restart_policy: policy, mounts, networks }: RuleProps): readonly string[] {
  return [
    ...restartProblems(policy),
    ...(mounts ?? []).flatMap((mount) => (mount === null ? [] : mountProblems(mount))),
    ...(networks ?? []).flatMap((network) => (network === null ? [] : networkProblems(network))),
  ].slice(0, 1);
}

const RESTART = /^(no|always|unless-stopped|on-failure(:[^:]*)?)$/;

function restartProblems(policy: RuleProps['restart_policy']): readonly string[] {
  if (policy === undefined || policy === null || policy === '' || RESTART.test(policy)) return [];
  return [`restart_policy "${policy}" is invalid. Valid values are "no", "on-failure[:max-retry]", "always", and "unless-stopped".`];
}

function mountProblems({ volume_id: id, volume_size: size }: Mount): readonly string[] {
  if (id === null && size === null)
    return ['One of the properties "volume_id" or "volume_size" should be set for the specified mount of this container.'];
  return isFilled(id) && isFilled(size) ? [conflict('mounts/volume_id', 'mounts/volume_size')] : [];
}

function networkProblems({ network, port, fixed_ip: address }: Network): readonly string[] {
  if (network === null && port === null) return [oneNeeded('network', 'port')];
  return isFilled(address) && port !== null && port !== undefined ? [conflict('networks.fixed_ip', 'networks.port')] : [];
}
