/** Hidden order: what needs a router to be connected waits for the interfaces and gateways that the template gives this router. */
import { isJsonObject, jsonEqual, type Json } from '@hearth/kernel';
import type { RawDefinition } from '@hearth/resource-kit';

/** Names of the interfaces of `router` among `others`; both as written, so that equal references are equal. */
export const interfacesOf = (router: Json | undefined, others: readonly RawDefinition[]): readonly string[] =>
  joining(router, others, 'OS::Neutron::RouterInterface', ['router', 'router_id']);

export const gatewaysOf = (router: Json | undefined, others: readonly RawDefinition[]): readonly string[] =>
  joining(router, others, 'OS::Neutron::RouterGateway', ['router_id']);

function joining(
  router: Json | undefined,
  others: readonly RawDefinition[],
  type: string,
  keys: readonly ('router' | 'router_id')[],
): readonly string[] {
  if (router === undefined) return [];
  const isOf = ({ properties }: RawDefinition): boolean =>
    isJsonObject(properties) && keys.some((key) => properties[key] !== undefined && jsonEqual(properties[key], router));
  return others.filter((other) => other.type === type && isOf(other)).map((other) => other.name);
}
