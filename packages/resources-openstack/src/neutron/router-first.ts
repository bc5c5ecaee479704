/** Hidden order: what needs a router to be connected waits for the interfaces and gateways that the template gives this router. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { OtherDefinitions } from '@hearth/resource-kit';

const routerOf = (face: JsonObject): Json | undefined => face.router ?? face.router_id;
const routerIdOf = (gateway: JsonObject): Json | undefined => gateway.router_id;

/** Names of the interfaces of `router` among `others`; both as written, so that equal references are equal. */
export const interfacesOf = (router: Json | undefined, others: OtherDefinitions): readonly string[] =>
  others.having('OS::Neutron::RouterInterface', routerOf, router).map(({ name }) => name);

export const gatewaysOf = (router: Json | undefined, others: OtherDefinitions): readonly string[] =>
  others.having('OS::Neutron::RouterGateway', routerIdOf, router).map(({ name }) => name);
