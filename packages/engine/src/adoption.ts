/**
 * What is taken in instead of being made, and what becomes what a snapshot holds: both stand in the environment of the definition, for its resources
 * and for those of the stacks below. Pure.
 */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import type { ResourceRecord, StackRecord } from '@hearth/store';
import { isUnhealthy } from './health.ts';

/** What is known of resources that are to be taken in, by name. */
export interface AdoptedResources {
  readonly [name: string]: AdoptedResource;
}
export interface AdoptedResource {
  /** Null: there is none, so it is made. */
  readonly id: string | null;
  readonly data: JsonObject;
  /** By which what belongs to it is found; null: not known. */
  readonly physicalName: string | null;
  /** Of the stack that it consists of. */
  readonly below: AdoptedResources | null;
}

/** Of what types have kept for a snapshot, by the names of the resources. */
export interface RestoredResources {
  readonly [name: string]: { readonly copy: string | null; readonly below: RestoredResources };
}

/** In the data of a row: the id of what it stands for, which it has not made. */
export const ADOPTED = 'adopted';

/** Only what was never there before is taken in: what takes its place is made, and so is what was looked for and is not there. */
export function toBeAdopted(
  resources: AdoptedResources | undefined,
  { adopting }: StackRecord,
  name: string,
  rows: Iterable<ResourceRecord>,
): AdoptedResource | null {
  const one = resources !== undefined && Object.hasOwn(resources, name) ? resources[name] : undefined;
  if (one === undefined || (one.id === null && one.below === null)) return null;
  const former = [...rows].filter((row) => row.name === name);
  // What an adoption was told to go on without is taken in by the next update.
  return (adopting || former.length > 0) && former.every(wasNotLookedAt) ? one : null;
}

/** Taking it in was broken off, or refused beforehand: it may well be there. */
const wasNotLookedAt = (row: ResourceRecord): boolean =>
  row.action === 'ADOPT' && row.status === 'FAILED' && row.physicalId === null && !isUnhealthy(row);

/** The intent to take in what otherwise would be made. */
export const beginAdoption = (begun: ResourceRecord, { id, data, physicalName }: AdoptedResource): ResourceRecord => ({
  ...begun,
  action: 'ADOPT',
  physicalName: physicalName ?? begun.physicalName,
  data: { ...data, [ADOPTED]: id },
});

export function adoptedIdOf({ action, data }: Pick<ResourceRecord, 'action' | 'data'>): string | null {
  const id = data[ADOPTED];
  return action === 'ADOPT' && typeof id === 'string' ? id : null;
}

/** It was taken in by an adoption that is not complete, or never taken in: no deletion touches it. */
export const isNotOwnYet = ({ adopting }: Pick<StackRecord, 'adopting'>, row: ResourceRecord): boolean =>
  row.data[ADOPTED] !== undefined && (adopting || wasNotLookedAt(row));

/** What the definition of a stack says of those below. */
export const belowOf = (environment: JsonObject, key: 'adopted' | 'restored', name: string): JsonObject => {
  const all = environment[key];
  const one = isJsonObject(all) && Object.hasOwn(all, name) ? all[name] : undefined;
  const below = isJsonObject(one) ? one['below'] : undefined;
  return isJsonObject(below) && Object.keys(below).length > 0 ? { [key]: below } : {};
};
