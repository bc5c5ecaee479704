/** `digest`: the hexadecimal digest of a string. */
import { isJsonArray } from '@hearth/kernel';
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { eager, wrongCall, wrongType, wrongValue } from './contract.ts';

const ALGORITHMS: ReadonlyMap<string, (bytes: Uint8Array) => Uint8Array> = new Map<string, (bytes: Uint8Array) => Uint8Array>([
  ['md5', md5],
  ['sha1', sha1],
  ['sha224', sha224],
  ['sha256', sha256],
  ['sha384', sha384],
  ['sha512', sha512],
  ['sha512_224', sha512_224],
  ['sha512_256', sha512_256],
  ['sha3_224', sha3_224],
  ['sha3_256', sha3_256],
  ['sha3_384', sha3_384],
  ['sha3_512', sha3_512],
  ['blake2b', blake2b],
  ['blake2s', blake2s],
  ['ripemd160', ripemd160],
]);

export const digest = eager('digest', 'The hexadecimal digest of a string: [algorithm, string].', (args, scope) => {
  if (!isJsonArray(args) || args.length !== 2) throw wrongCall('digest needs a list [algorithm, string]');
  const [algorithm, value] = args;
  if (typeof algorithm !== 'string' || typeof value !== 'string') throw wrongType('digest: algorithm and value must be strings');
  const compute = ALGORITHMS.get(algorithm.toLowerCase());
  if (compute === undefined) throw wrongCall(`digest: unknown algorithm; use one of ${[...ALGORITHMS.keys()].join(', ')}`);
  scope.spend(value.length);
  const bytes = new Uint8Array(value.length);
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit > 0xff) throw wrongValue('digest: the value has characters outside Latin-1');
    bytes[i] = unit;
  }
  return bytesToHex(compute(bytes));
});
