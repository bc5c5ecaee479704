/** The signed URL of a resource that takes signals, with a key of its own: whoever has it needs no token. */
import { base64OfText, type Call, signedUrl, type Signing } from '@hearth/resource-kit';
import type { Cloud } from '@hearth/cloud-openstack';

/** Bytes of randomness in a key. */
const KEY_BYTES = 32;

export async function newSigning(
  call: Pick<Call<Cloud>, 'cloud' | 'random' | 'now' | 'projectId' | 'stackName' | 'stackId' | 'resourceName'>,
): Promise<Signing> {
  const base = await call.cloud.entrances.signed();
  const arn = `arn:openstack:heat::${call.projectId}:stacks/${call.stackName}/${call.stackId}/resources/${call.resourceName}`;
  const key = { access: hexOf(call.random.bytes(KEY_BYTES / 2)), secret: hexOf(call.random.bytes(KEY_BYTES)) };
  const url = signedUrl(base, `/waitcondition/${encodeURIComponent(arn)}`, key, 'PUT', call.now);
  return { ...key, url, verb: 'PUT' };
}

export const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Long enough for any rule that Keystone may have been given, with letters of every kind. */
export const newPassword = (bytes: Uint8Array): string => `${base64OfText(hexOf(bytes)).replaceAll('=', '')}-aZ9`;
