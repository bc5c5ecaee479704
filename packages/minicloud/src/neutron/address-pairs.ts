/** Further addresses that a port may use as sender: the check of the attribute, with Neutron's faults. */
import { isJsonObject, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { parseCidr, parseIp, parseMac } from './addresses.ts';
import { badRequest, type Check } from './attributes.ts';

const MAX_PAIRS = 10;
const invalid = (type: string, message: string): Refusal => new Refusal('invalid', type, message);

export const addressPairs: Check = (value) => {
  if (!Array.isArray(value)) throw badRequest('Allowed address pairs must be a list.');
  if (value.length > MAX_PAIRS)
    throw invalid('AllowedAddressPairExhausted', `The number of allowed address pair exceeds the maximum ${MAX_PAIRS}.`);
  const seen = new Set<string>();
  return (value as readonly Json[]).map((entry) => {
    const pair = checkedPair(entry);
    const key = JSON.stringify([pair.ip_address, pair.mac_address ?? null]);
    if (seen.has(key)) {
      const reason = `Request contains duplicate address pair: mac_address ${String(pair.mac_address ?? 'None')} ip_address ${String(pair.ip_address)}.`;
      throw invalid('DuplicateAddressPairInRequest', reason);
    }
    seen.add(key);
    return pair;
  });
};

function checkedPair(entry: Json): JsonObject {
  if (!isJsonObject(entry) || entry.ip_address === undefined || entry.ip_address === null)
    throw invalid('AllowedAddressPairsMissingIP', 'AllowedAddressPair must contain ip_address');
  const { ip_address: address, mac_address: mac, ...unknown } = entry;
  const names = Object.keys(unknown);
  if (names.length > 0) throw badRequest(`Unrecognized attribute(s) '${names.join(', ')}'`);
  const text = typeof address === 'string' ? address : JSON.stringify(address);
  if (parseIp(text) === null && parseCidr(text) === null)
    throw badRequest(text.includes('/') ? `'${text}' is not a valid IP subnet` : `'${text}' is not a valid IP address`);
  if (mac === undefined || mac === null) return { ip_address: text };
  const known = typeof mac === 'string' ? parseMac(mac) : null;
  if (known === null) throw badRequest(`'${String(mac)}' is not a valid MAC address`);
  return { ip_address: text, mac_address: known };
}
