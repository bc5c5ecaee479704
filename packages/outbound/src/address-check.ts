/** From a host name to the addresses that may be connected to: looked up once, checked, and only those are used. */
import { lookup } from 'node:dns/promises';
import { Failure, Refusal } from '@hearth/kernel';
import { addressClass, plainAddress, type AddressClass } from './addresses.ts';
import type { AllowList } from './allow-list.ts';
import { hostOf, urlForPeople } from './urls.ts';

/** Every address of a name; rejects when there is none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface AddressRules {
  readonly allow: AllowList;
  readonly lookup: Lookup;
  /** Named in refusals as the way to allow a host. */
  readonly setting: string;
}

export const systemLookup: Lookup = async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

const WORDS: Readonly<Record<AddressClass, string>> = {
  public: 'a public address',
  metadata: "a metadata service's address",
  loopback: 'an address of this machine',
  private: 'an address of a private network',
  'link-local': 'a link-local address',
  shared: "an address of a provider's shared network",
  multicast: 'a multicast address',
  unspecified: 'an address that means this machine',
  special: 'an address reserved for special use',
  malformed: 'no address',
};

/** The permitted addresses of the URL's host, at least one; otherwise `Refusal('forbidden')` or, without an answer, `Failure('unavailable')`. */
export async function permittedAddresses(url: URL, rules: AddressRules): Promise<readonly string[]> {
  const host = hostOf(url);
  const all = plainAddress(host) === null ? await resolved(url, host, rules.lookup) : [host];
  const isNamed = rules.allow.hasHost(host);
  const permitted = all.filter((address) => {
    const kind = addressClass(address);
    if (kind === 'public' || rules.allow.hasAddress(address)) return true;
    // A host that was named may lie anywhere but on a metadata service: who controls its DNS must not be able to point it there.
    return isNamed && kind !== 'metadata' && kind !== 'malformed';
  });
  if (permitted.length > 0) return permitted;
  const first = all[0] ?? '';
  const kind = addressClass(first);
  const what = first === host ? `${first} is ${WORDS[kind]}` : `${host} is at ${first}, ${WORDS[kind]}`;
  const remedy = kind === 'metadata' || first === host ? `the address ${first}` : `the host ${host} or the network of ${first}`;
  throw new Refusal(
    'forbidden',
    'OutboundAddressRefused',
    `${urlForPeople(url)} may not be fetched: ${what}. An operator allows it by adding ${remedy} to ${rules.setting}.`,
    { host, address: first, addressClass: kind, setting: rules.setting },
  );
}

async function resolved(url: URL, host: string, find: Lookup): Promise<readonly string[]> {
  try {
    const found = await find(host);
    if (found.length > 0) return found;
  } catch (error) {
    throw unknownHost(url, host, error);
  }
  throw unknownHost(url, host, null);
}

const unknownHost = (url: URL, host: string, cause: unknown): Failure =>
  new Failure('unavailable', `${urlForPeople(url)} cannot be fetched: the host ${host} is not known; check the name.`, { cause });
