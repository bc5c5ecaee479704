/** SSH keys: a new RSA pair in the formats that clients expect, and fingerprints of given public keys. */
import { createHash, generateKeyPair, X509Certificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

export interface SshKeyPair {
  readonly publicKey: string;
  /** PEM. */
  readonly privateKey: string;
  readonly fingerprint: string;
}

export async function newSshKeyPair(): Promise<SshKeyPair> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 });
  const text = `ssh-rsa ${sshBlob(publicKey).toString('base64')} generated`;
  return {
    publicKey: text,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    fingerprint: sshFingerprint(text) ?? '',
  };
}

/** RFC 4253: the algorithm's name, the exponent and the modulus, each with its length. */
function sshBlob(key: KeyObject): Buffer {
  const { e = '', n = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([
    field(Buffer.from('ssh-rsa')),
    field(positive(Buffer.from(e, 'base64url'))),
    field(positive(Buffer.from(n, 'base64url'))),
  ]);
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A leading zero where the number would read as negative. */
const positive = (bytes: Buffer): Buffer => ((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

const KINDS = /^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** MD5 with colons, as Nova shows it; null when the text is no OpenSSH public key. */
export function sshFingerprint(text: string): string | null {
  const [kind = '', encoded = ''] = text.trim().split(/\s+/);
  if (!KINDS.test(kind) || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null;
  const blob = Buffer.from(encoded, 'base64');
  const length = blob.length > 4 ? blob.readUInt32BE(0) : 0;
  if (blob.subarray(4, 4 + length).toString('latin1') !== kind) return null;
  return createHash('md5')
    .update(blob)
    .digest('hex')
    .replaceAll(/(..)(?!$)/g, '$1:');
}

/** SHA-1 with colons, as Nova shows it for certificates; null when the text is no certificate in PEM. */
export function x509Fingerprint(text: string): string | null {
  try {
    return new X509Certificate(text).fingerprint.toLowerCase();
  } catch {
    return null;
  }
}
