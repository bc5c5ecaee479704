/** Reads attributes from the cloud now, for those who look at a stack: a few rows at a time, one that cannot be read left out. */
import { Bug, type JsonObject, messageOf, type ResourceId } from '@hearth/kernel';
import { checkProperties, type ConfigShelf, NO_SIGNALS, type SignalShelf } from '@hearth/resource-kit';
import type { CredentialRecord, ResourceRecord, StackRecord } from '@hearth/store';
import { matchesPattern } from '@hearth/template';
import { typeOf } from './comparison.ts';
import type { EnginePorts } from './ports.ts';

export type ObserverPorts<C> = Pick<EnginePorts<C>, 'registry' | 'cloudFor' | 'configsFor' | 'timers' | 'random' | 'log' | 'calls'> & {
  credentialOf(stack: StackRecord): Promise<CredentialRecord | null>;
  /** Signals to resources of the stack, to be read. */
  signalsFor(stack: StackRecord): SignalShelf;
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

const EXTERNAL = 'external_id of ';

/** The constraint that there is a resource of the type with the value for an id. */
export const externalConstraint = (type: string): string => `${EXTERNAL}${type}`;

/** Judges that constraint by looking the resource up; null for another constraint. Types that are not in the registry are not looked up. */
export function externalLookUp<C>(
  ports: Pick<ObserverPorts<C>, 'registry' | 'timers' | 'random' | 'log'>,
): (constraint: string) => ((cloud: C, id: string) => Promise<string | null>) | null {
  return (constraint) => {
    if (!constraint.startsWith(EXTERNAL)) return null;
    const type = ports.registry.get(constraint.slice(EXTERNAL.length));
    return async (cloud, physicalId) => {
      if (type === null) return null;
      const now = ports.timers.now();
      const observed = await type.observe({
        cloud,
        configs: NO_CONFIGS,
        signals: NO_SIGNALS,
        metadata: {},
        props: checkProperties(type, {}, { lenient: true, matchesPattern }).props,
        physicalName: physicalId,
        physicalId,
        data: {},
        wanted: new Set(),
        stackId: '',
        stackName: '',
        projectId: '',
        rootStackId: '',
        resourceName: '',
        startedAt: now,
        now,
        random: ports.random,
        cancel: new AbortController().signal,
        log: ports.log,
      });
      return observed === null ? `The ${type.name} (${physicalId}) could not be found.` : null;
    };
  };
}

/** Of no project. */
const NO_CONFIGS: ConfigShelf = {
  create: () => Promise.reject(new Bug('a look-up makes no software config')),
  get: async () => null,
  delete: async () => {},
  find: async () => null,
};

function observeRow<C>(ports: ObserverPorts<C>, stack: StackRecord, cloud: C, row: ResourceRecord): Promise<JsonObject | null> {
  return typeOf(ports.registry, row.handler).observe({
    cloud,
    configs: ports.configsFor(stack),
    signals: ports.signalsFor(stack),
    metadata: row.metadata,
    props: row.properties,
    physicalName: row.physicalName,
    physicalId: row.physicalId as string,
    data: row.data,
    stackId: row.stackId,
    stackName: stack.name,
    projectId: stack.projectId,
    rootStackId: stack.rootId,
    resourceName: row.name,
    startedAt: row.startedAt,
    now: ports.timers.now(),
    random: ports.random,
    cancel: new AbortController().signal,
    log: ports.log,
  });
}
