/** The networks of a database server, alone or in a cluster. */
import { c, isEmpty, isFilled, p } from '@hearth/resource-kit';

export const networks = p.listOf(
  p.mapOf({
    network: p.string('Name or id of the network. Either this or `port`.', { constraints: [c.custom('neutron.network')] }),
    port: p.string('Name or id of the port. Either this or `network`.', { constraints: [c.custom('neutron.port')] }),
    fixed_ip: p.string('The address.', { constraints: [c.custom('ip_addr')] }),
  })('One network card.'),
)('Networks and ports, in the order of the network cards.', { default: [] });

interface Network {
  readonly network?: string | null;
  readonly port?: string | null;
}

/** Each needs the one or the other, and not both. Null entries are not known yet. */
export function networkProblems(entries: readonly (Network | null)[] | undefined): readonly string[] {
  const isWrong = (entry: Network | null): boolean =>
    entry !== null && ((isFilled(entry.network) && isFilled(entry.port)) || (isEmpty(entry.network) && isEmpty(entry.port)));
  return (entries ?? []).some(isWrong) ? ['Either network or port must be provided.'] : [];
}
