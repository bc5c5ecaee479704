/** What is inside a credential for EC2: a JSON text with its keys and what it was made with. Found again by the digest of its access key. */
import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import type { CredentialBody } from './state.ts';

export const EC2 = 'ec2';

export interface Ec2Blob {
  readonly access: string;
  readonly secret: string;
  readonly trustId: string | null;
  readonly applicationCredentialId: string | null;
}

export const credentialId = (access: string): string => createHash('sha256').update(access).digest('hex');

/** Null for anything else than a whole EC2 credential. */
export function ec2BlobOf(credential: CredentialBody): Ec2Blob | null {
  const blob = credential.type === EC2 ? readBlob(credential.blob) : null;
  if (blob === null || typeof blob['access'] !== 'string' || typeof blob['secret'] !== 'string') return null;
  const text = (name: string): string | null => (typeof blob[name] === 'string' ? blob[name] : null);
  return { access: blob['access'], secret: blob['secret'], trustId: text('trust_id'), applicationCredentialId: text('app_cred_id') };
}

/** Null when it is no JSON object. */
export function readBlob(text: string): JsonObject | null {
  try {
    const blob: unknown = JSON.parse(text);
    return isJsonObject(blob) ? blob : null;
  } catch {
    return null;
  }
}
