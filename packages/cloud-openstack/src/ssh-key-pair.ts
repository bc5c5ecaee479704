/** A new SSH key pair made here, so that its public half can carry a mark of ours in its comment. */
import { Buffer } from 'node:buffer';
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

export interface SshKeyPair {
  /** `ssh-rsa AAAA… <comment>` */
  readonly publicKey: string;
  /** PEM (PKCS #1), which every SSH client reads. */
  readonly privateKey: string;
}

export async function newSshKeyPair(comment: string): Promise<SshKeyPair> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 });
  return {
    publicKey: `ssh-rsa ${wireForm(publicKey).toString('base64')} ${comment}`,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

/** RFC 4253, section 6.6: the algorithm's name, the exponent and the modulus, each after its length. */
function wireForm(key: KeyObject): Buffer {
  const { e = '', n = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from('ssh-rsa'), ...[e, n].map((part) => positive(Buffer.from(part, 'base64url')))].flatMap(withLength));
}

function withLength(bytes: Buffer): readonly Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

/** A leading zero where the number would read as negative. */
const positive = (bytes: Buffer): Buffer => ((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
