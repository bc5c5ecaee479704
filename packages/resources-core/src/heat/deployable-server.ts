/** A server takes deployments only when its user data say so; told where the template has the server. */
import { isJsonObject, type Json } from '@hearth/kernel';
import type { OtherDefinitions, RawDefinition } from '@hearth/resource-kit';

export function undeployable({ properties }: RawDefinition, others: OtherDefinitions): readonly string[] {
  const name = nameOf(properties['server']);
  const server = name === null ? null : others.named(name);
  if (server?.type !== 'OS::Nova::Server') return [];
  const format = server.properties['user_data_format'] ?? DEFAULT;
  if (typeof format !== 'string' || format === '' || format === 'SOFTWARE_CONFIG') return [];
  return [
    `Resource ${server.name}'s property user_data_format should be set to SOFTWARE_CONFIG since there are software deployments on it.`,
  ];
}

const DEFAULT = 'HEAT_CFNTOOLS';

/** The name in a reference to a resource; a plain name does as well. */
function nameOf(server: Json | undefined): string | null {
  const name = isJsonObject(server) ? (server['get_resource'] ?? server['Ref']) : server;
  return typeof name === 'string' ? name : null;
}
