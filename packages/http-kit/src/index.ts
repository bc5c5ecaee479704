/** @hearth/http-kit: one listener, several APIs. HTTP in and out; no decisions, no SQL. */
export { createListener, type Listener, type ListenerOptions } from './listener.ts';
export type { Facade, Method, Problem, Route } from './facade.ts';
export { ByteStream, empty, hangUp, json, type Answer, type ApiRequest } from './exchange.ts';
export { hasRole, isAdmin, type Identity, type TokenVerifier } from './identity.ts';
export { readJson } from './body.ts';
export { REFUSAL_STATUS } from './refusal-status.ts';
export { keystoneUnauthorized } from './unauthorized.ts';
export { nextLinks, pageLink, readPage, type Page } from './paging.ts';
