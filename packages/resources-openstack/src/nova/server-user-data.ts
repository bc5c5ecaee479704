/** A server's user data: the text, or what the software config of that id holds, in the document that its format asks for. */
import type { Cloud } from '@hearth/cloud-openstack';
import { isUuidLike, type Json } from '@hearth/kernel';
import type { Call } from '@hearth/resource-kit';
import { userDataDocument } from './user-data.ts';

export interface UserDataProps {
  readonly user_data: string;
  readonly user_data_format: string;
}

/** Base64 as the service wants it; null when there is nothing to give. */
export async function encodedUserData({ cloud, configs, metadata, props }: Call<Cloud, UserDataProps>): Promise<string | null> {
  const { user_data_format: format, user_data } = props;
  const stored = format !== 'HEAT_CFNTOOLS' && isUuidLike(user_data) ? await configs.get(user_data) : null;
  const text = stored === null ? user_data : textOf(stored.config);
  const document = userDataDocument({ format, text, metadata, cfnUrl: format === 'HEAT_CFNTOOLS' ? await cfnUrl(cloud) : null });
  return document === '' ? null : Buffer.from(document, 'utf8').toString('base64');
}

/** What cfn tools in the guest are told to ask; a cloud without that API has no such parts in its user data. */
async function cfnUrl(cloud: Cloud): Promise<string | null> {
  const endpoint = await cloud.session.endpoint('cloudformation');
  return endpoint === null || !URL.canParse(endpoint) ? null : `${endpoint.replace(/\/+$/, '')}/`;
}

const textOf = (config: Json): string => (typeof config === 'string' ? config : config === null ? '' : JSON.stringify(config));
