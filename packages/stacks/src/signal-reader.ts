/** Signals as those have them who only look at a stack: to read, never to forget. */
import { referredRow, signalledResource } from '@hearth/engine';
import type { SignalShelf } from '@hearth/resource-kit';
import { listResourcesByHandler, listSignals, type Queryable, type SecretBox, type StackRecord } from '@hearth/store';
import type { StackPorts } from './ports.ts';

export function signalReader(ports: {
  readonly database: Queryable;
  readonly secretBox: SecretBox;
  readonly registry: StackPorts['registry'];
  readonly stack: StackRecord;
}): SignalShelf {
  const { database, secretBox, registry, stack } = ports;
  const taking = registry.names().filter((name) => registry.get(name)?.signals !== undefined);
  return {
    async to(reference) {
      const row = referredRow(await listResourcesByHandler(database, secretBox, stack.id, taking), reference, registry);
      return row === null ? null : signalledResource(row, registry, (id) => listSignals(database, secretBox, id));
    },
    forget: async () => {},
  };
}
