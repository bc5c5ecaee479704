/** @hearth/outbound: fetching what a user named, from the public internet or what the operator allowed, with caps on size and time. */
export {
  createOutbound,
  type FetchedBytes,
  type FetchedText,
  type FetchLimits,
  type Outbound,
  type OutboundOptions,
  type PostedText,
} from './outbound.ts';
export { addressClass, type AddressClass } from './addresses.ts';
export { parseAllowList, type AllowList } from './allow-list.ts';
export { urlForPeople } from './urls.ts';
