/**
 * Which types a definition that is being checked cannot use, because the cloud lacks their service or extension. Checking cannot wait, so what is not
 * known is noted and taken for there; it is asked for, and the definition checked anew when something is lacking.
 */
import type { Diagnostic } from '@hearth/kernel';
import type { ResourceType } from '@hearth/resource-kit';
import type { BoundDefinition } from '@hearth/template';
import type { Caller } from './caller.ts';
import { error } from './findings.ts';
import type { ServiceWish, StackPorts } from './ports.ts';
import { invalid } from './refusals.ts';

export interface ServiceKnowledge {
  /** Why a type cannot be used; null when it can, or when that is not known yet. */
  lackOf(type: ResourceType): string | null;
  /** Asks for what was noted; true when something is lacking. */
  learn(): Promise<boolean>;
}

export function serviceKnowledge({ services }: StackPorts, caller: Caller): ServiceKnowledge {
  const answers = new Map<string, string | null>();
  const noted = new Map<string, ServiceWish>();
  return {
    lackOf(type) {
      const wish = wishOf(type);
      if (wish === null) return null;
      const key = keyOf(wish);
      if (!answers.has(key)) noted.set(key, wish);
      return answers.get(key) ?? null;
    },
    async learn() {
      if (noted.size === 0) return false;
      const told = await services.available(caller, [...noted.values()]);
      for (const [i, key] of [...noted.keys()].entries()) answers.set(key, told[i] ?? null);
      noted.clear();
      return told.some((lack) => lack !== null);
    },
  };
}

const keyOf = ({ service, extension }: ServiceWish): string => JSON.stringify([service, extension]);

/** What a type needs of the cloud; null: nothing. */
function wishOf({ service, extension }: ResourceType): ServiceWish | null {
  if (service === null || service === 'heat') return null;
  return extension === undefined ? { service } : { service, extension };
}

/** The code by which a request for a look at a template says that this is not to be told. */
export const UNAVAILABLE_CODE = '99001';
export const UNAVAILABLE_TYPE = 'ResourceTypeUnavailable';
const unavailableText = (service: string | null, name: string, lack: string): string =>
  `HEAT-E${UNAVAILABLE_CODE} Service ${service} is not available for resource type ${name}, reason: ${lack}`;

/** `resource`: the logical name of one whose type is lacking something. */
export function unavailable({ definition }: BoundDefinition, resource: string, { service }: ResourceType, lack: string): Diagnostic {
  const { path, type } = definition.resources.get(resource) ?? { path: [], type: resource };
  const hint = 'leave the resource out, or ask who runs the cloud for the service';
  const told = error('service-unavailable', unavailableText(service, type, lack), [...path, definition.keys.type], definition, hint);
  return { ...told, type: UNAVAILABLE_TYPE };
}

/** The types whose services and extensions are there for the caller. */
export async function usableTypes(
  { services }: StackPorts,
  caller: Caller,
  types: readonly ResourceType[],
): Promise<readonly ResourceType[]> {
  const wishes = new Map<string, ServiceWish>();
  for (const type of types) {
    const wish = wishOf(type);
    if (wish !== null) wishes.set(keyOf(wish), wish);
  }
  const lacks = wishes.size === 0 ? [] : await services.available(caller, [...wishes.values()]);
  const lacking = new Set([...wishes.keys()].filter((_key, i) => (lacks[i] ?? null) !== null));
  return types.filter((type) => {
    const wish = wishOf(type);
    return wish === null || !lacking.has(keyOf(wish));
  });
}

/** `name` as it was asked for, which may be another name of the type. */
export async function refuseUnavailable({ services }: StackPorts, caller: Caller, type: ResourceType, name: string): Promise<void> {
  const wish = wishOf(type);
  const [lack = null] = wish === null ? [] : await services.available(caller, [wish]);
  if (lack !== null) throw invalid(unavailableText(type.service, name, 'Service endpoint not in service catalog.'), UNAVAILABLE_TYPE);
}
