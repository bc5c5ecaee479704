/**
 * A creation whose answer nobody heard may land while the row is long past it, and been given another name, say. What it makes is found by what it was
 * called with, so that is remembered until the late look. Pure.
 */
import type { Call } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';

/** Of a row that is about to begin another step. */
export const rememberedCreation = ({ verifyAt, creation, properties, startedAt }: ResourceRecord): ResourceRecord['creation'] =>
  verifyAt === null ? null : (creation ?? { properties, startedAt });

/** The call as the creation was made, for looking up what it has left. */
export const asCreated = <C>({ creation }: Pick<ResourceRecord, 'creation'>, call: Call<C>): Call<C> =>
  creation === null ? call : { ...call, props: creation.properties, startedAt: creation.startedAt };
