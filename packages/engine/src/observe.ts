/** Reads attributes from the cloud now, for those who look at a stack: a few rows at a time, one that cannot be read left out. */
import { type JsonObject, messageOf, type ResourceId } from '@hearth/kernel';
import type { CredentialRecord, ResourceRecord, StackRecord } from '@hearth/store';
import { typeOf } from './comparison.ts';
import type { EnginePorts } from './ports.ts';

export type ObserverPorts<C> = Pick<EnginePorts<C>, 'registry' | 'cloudFor' | 'configsFor' | 'timers' | 'random' | 'log' | 'calls'> & {
  credentialOf(stack: StackRecord): Promise<CredentialRecord | null>;
};

export interface Observer {
  observe(stack: StackRecord, rows: readonly ResourceRecord[]): Promise<ReadonlyMap<ResourceId, JsonObject>>;
}

export function createObserver<C>(ports: ObserverPorts<C>): Observer {
  return {
    async observe(stack, rows) {
      const seen = new Map<ResourceId, JsonObject>();
      const real = rows.filter((row) => row.physicalId !== null);
      if (real.length === 0) return seen;
      const cloud = await ports.cloudFor(stack, await ports.credentialOf(stack));
      await Promise.all(
        real.map(async (row) => {
          try {
            const attributes = await ports.calls.run(() => observeRow(ports, stack, cloud, row));
            if (attributes !== null) seen.set(row.id, attributes);
          } catch (error) {
            ports.log.warn('not-observed', { stack: stack.id, resource: row.name, reason: messageOf(error) });
          }
        }),
      );
      return seen;
    },
  };
}

function observeRow<C>(ports: ObserverPorts<C>, stack: StackRecord, cloud: C, row: ResourceRecord): Promise<JsonObject | null> {
  return typeOf(ports.registry, row.handler).observe({
    cloud,
    configs: ports.configsFor(stack),
    metadata: row.metadata,
    props: row.properties,
    physicalName: row.physicalName,
    physicalId: row.physicalId as string,
    data: row.data,
    stackId: row.stackId,
    resourceName: row.name,
    startedAt: row.startedAt,
    now: ports.timers.now(),
    random: ports.random,
    cancel: new AbortController().signal,
    log: ports.log,
  });
}
