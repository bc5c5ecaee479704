/** Combinations of properties of database servers and clusters that their schemas cannot say, in Heat's words. */
import { isEmpty, isFilled } from '@hearth/resource-kit';
import { networkProblems } from './instance-networks.ts';

interface User {
  readonly databases?: readonly (string | null)[];
}
type Networks = Parameters<typeof networkProblems>[0];
interface Software {
  readonly datastore_type?: string | null;
  readonly datastore_version?: string | null;
}
interface Instance extends Software {
  readonly databases?: readonly ({ readonly name?: string } | null)[];
  readonly users?: readonly (User | null)[];
  readonly networks?: Networks;
}
interface Cluster extends Software {
  readonly instances?: readonly ({ readonly networks?: Networks } | null)[];
}

/** The first problem of a server; absent properties are not known yet, and neither are null entries of lists. */
export function instanceProblems(props: Instance): readonly string[] {
  return [...versionProblems(props), ...userProblems(props), ...networkProblems(props.networks)].slice(0, 1);
}

/** The first problem of a cluster. */
export function clusterProblems(props: Cluster): readonly string[] {
  return [...versionProblems(props), ...(props.instances ?? []).flatMap((entry) => networkProblems(entry?.networks))].slice(0, 1);
}

const versionProblems = ({ datastore_type: type, datastore_version: version }: Software): readonly string[] =>
  isEmpty(type) && isFilled(version) ? ['Not allowed - datastore_version without datastore_type.'] : [];

function userProblems({ databases, users }: Instance): readonly string[] {
  if (databases === undefined || !isFilled(users)) return [];
  if (databases.length === 0) return ['Databases property is required if users property is provided.'];
  const names = new Set(databases.map((database) => database?.name));
  if (names.has(undefined)) return [];
  return (users ?? []).flatMap((user) => {
    const missing = (user?.databases ?? []).filter((name) => name !== null && !names.has(name));
    return missing.length === 0 ? [] : [`Database ${missing.join(', ')} specified for user does not exist in databases.`];
  });
}
