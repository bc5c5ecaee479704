/** The account that a resource has for its guests, as it stands in the resource's data. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';

export interface StackUser extends JsonObject {
  readonly id: string;
  /** The project that the account's tokens are for; empty until it has one. */
  readonly projectId: string;
}
const USER = 'user';
export const withStackUser = (data: JsonObject, user: StackUser): JsonObject => ({ ...data, [USER]: user });
export function stackUserOf(data: JsonObject): StackUser | null {
  const user = data[USER];
  return isJsonObject(user) && typeof user['id'] === 'string' ? (user as StackUser) : null;
}
