/** Branded ids: a string that cannot be passed where another kind of id is wanted. */

declare const brand: unique symbol;
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type StackId = Id<'stack'>;
export type ResourceId = Id<'resource'>;
export type ProjectId = Id<'project'>;
export type UserId = Id<'user'>;
export type DefinitionId = Id<'definition'>;
export type CredentialId = Id<'credential'>;
export type HolderId = Id<'holder'>;
export type EventId = Id<'event'>;
export type SnapshotId = Id<'snapshot'>;
export type SoftwareConfigId = Id<'software config'>;
export type PlanId = Id<'plan'>;

/** Marks a string as an id of the wanted kind; the caller vouches for it. */
export const asId = <I extends Id<string>>(text: string): I => text as I;

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
/** True for a UUID with or without dashes, as OpenStack clients write them. */
export const isUuidLike = (text: string): boolean => UUID.test(text);
