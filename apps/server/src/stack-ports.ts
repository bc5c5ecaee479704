/** What the use cases need of the world, put together: database, cloud, remote files, the operator's environment, limits. */
import {
  availabilityZones,
  type Cloud,
  createCallerClouds,
  createConstraintChecker,
  createServiceAvailability,
} from '@hearth/cloud-openstack';
import { callLimit, createObserver, type DefinitionCache, externalLookUp } from '@hearth/engine';
import type { Log } from '@hearth/kernel';
import { createOutbound } from '@hearth/outbound';
import type { ConfigShelf, Registry } from '@hearth/resource-kit';
import { DEFAULT_STACK_LIMITS, sharedDelegations, signalReader, type StackPorts } from '@hearth/stacks';
import { type Database, findCredential, type SecretBox, type StackRecord } from '@hearth/store';
import type { CloudAccess } from './cloud-access.ts';
import { readGlobalEnvironment } from './global-environment.ts';
import { remoteContent } from './remote-content.ts';
import { typesOfTheCloud } from './resource-types.ts';
import { REVISION } from './revision.ts';
import type { Settings } from './settings.ts';
import { systemRandom, systemTimers } from './system-ports.ts';

/** What the use cases and the engine of a process both rest on. */
export interface StackGround {
  readonly settings: Settings;
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly registry: Registry<Cloud>;
  readonly access: CloudAccess;
  readonly configsFor: (stack: StackRecord) => ConfigShelf;
  readonly definitions: DefinitionCache;
  readonly log: Log;
}

export async function stackPorts(ground: StackGround): Promise<StackPorts> {
  const { settings, database, secretBox, registry, access, configsFor, definitions, log } = ground;
  const clouds = createCallerClouds({ timers: systemTimers, sessionWithToken: access.sessionWithToken });
  return {
    database,
    secretBox,
    registry,
    constraints: createConstraintChecker({
      timers: systemTimers,
      clouds,
      otherLookUp: externalLookUp({
        registry: typesOfTheCloud(),
        timers: systemTimers,
        random: systemRandom,
        log,
      }),
    }),
    services: createServiceAvailability(clouds),
    zones: { list: (caller) => availabilityZones(access.sessionWithToken(caller.token)) },
    delegation: access.delegation,
    observer: createObserver({
      registry,
      cloudFor: access.cloudFor,
      configsFor,
      signalsFor: (stack) => signalReader({ database, secretBox, registry, stack }),
      timers: systemTimers,
      random: systemRandom,
      log,
      calls: callLimit(16),
      credentialOf: async (stack) => (stack.credentialId === null ? null : findCredential(database, secretBox, stack.credentialId)),
    }),
    remote: remoteContent({
      outbound: createOutbound({ log, timers: systemTimers, allow: settings.outboundAllow, allowSetting: 'HEARTH_OUTBOUND_ALLOW' }),
      sessionWithToken: access.sessionWithToken,
    }),
    globalEnvironment: await readGlobalEnvironment(settings.environmentDir),
    definitions,
    delegations: sharedDelegations(),
    clock: systemTimers,
    random: systemRandom,
    log,
    limits: { ...DEFAULT_STACK_LIMITS, resourcesPerStack: settings.maxResourcesPerStack },
    observesOnUpdate: settings.observesOnUpdate,
    revision: REVISION,
  };
}
