/** Combinations of a database server's properties that its schema cannot say, in Heat's words. */
import { isEmpty, isFilled } from '@hearth/resource-kit';
import { networkProblems } from './instance-networks.ts';

interface User {
  readonly databases?: readonly (string | null)[];
}
interface RuleProps {
  readonly datastore_type?: string | null;
  readonly datastore_version?: string | null;
  readonly databases?: readonly ({ readonly name?: string } | null)[];
  readonly users?: readonly (User | null)[];
  readonly networks?: Parameters<typeof networkProblems>[0];
}

/** The first problem; absent properties are not known yet, and neither are null entries of lists. */
export function instanceProblems(props: RuleProps): readonly string[] {
  return [...versionProblems(props), ...userProblems(props), ...networkProblems(props.networks)].slice(0, 1);
}

const versionProblems = ({ datastore_type: type, datastore_version: version }: RuleProps): readonly string[] =>
  isEmpty(type) && isFilled(version) ? ['Not allowed - datastore_version without datastore_type.'] : [];

function userProblems({ databases, users }: RuleProps): readonly string[] {
  if (databases === undefined || !isFilled(users)) return [];
  if (databases.length === 0) return ['Databases property is required if users property is provided.'];
  const names = new Set(databases.map((database) => database?.name));
  if (names.has(undefined)) return [];
  return (users ?? []).flatMap((user) => {
    const missing = (user?.databases ?? []).filter((name) => name !== null && !names.has(name));
    return missing.length === 0 ? [] : [`Database ${missing.join(', ')} specified for user does not exist in databases.`];
  });
}
