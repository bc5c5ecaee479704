/**
 * What a definition that is being checked asks of the outside: exports of other stacks of the project, zones of the cloud. Binding cannot wait, so what
 * is not known is noted; it is looked up, and the definition bound anew, until nothing more is asked.
 */
import type { Imported, Outside, TakenIn } from '@hearth/template';
import type { StackId } from '@hearth/kernel';
import { findExports, findStackById, type ExportRecord } from '@hearth/store';
import type { Caller } from './caller.ts';
import type { StackPorts } from './ports.ts';
import { presentDefinition, resolvedOutputs } from './stack-reading.ts';

export interface OutsideValues extends Outside {
  /** Looks up what was asked for and is not known; false when there was nothing to look up. */
  learn(): Promise<boolean>;
  /** Everything asked for that there is; undefined when nothing was. */
  taken(): TakenIn | undefined;
}

/** `self`: the stack that asks; what it exports itself is not for it to import. */
export function outsideValues(ports: StackPorts, caller: Caller, self: StackId): OutsideValues {
  const exports = new Map<string, Imported | string>();
  const wanted = new Set<string>();
  let zones: readonly string[] | null = null;
  let wantsZones = false;
  return {
    imported(name) {
      const known = exports.get(name);
      if (known !== undefined) return known;
      wanted.add(name);
      return null;
    },
    zones() {
      wantsZones = true;
      return zones;
    },
    async learn() {
      const names = [...wanted];
      const asksZones = wantsZones && zones === null;
      if (names.length === 0 && !asksZones) return false;
      wanted.clear();
      if (asksZones) zones = await ports.zones.list(caller);
      for (const [name, value] of await exportedValues(ports, caller, names, self)) exports.set(name, value);
      return true;
    },
    taken() {
      const imports = [...exports].filter((entry): entry is [string, Imported] => typeof entry[1] !== 'string');
      if (imports.length === 0 && zones === null) return undefined;
      return { imports: Object.fromEntries(imports), ...(zones !== null && { zones }) };
    },
  };
}

const NOBODY = 'no other stack of this project exports it';

async function exportedValues(
  ports: StackPorts,
  caller: Caller,
  names: readonly string[],
  self: StackId,
): Promise<readonly (readonly [string, Imported | string])[]> {
  if (names.length === 0) return [];
  const found = new Map((await findExports(ports.database, caller.projectId, names)).map((one) => [one.name, one]));
  return Promise.all(
    names.map(async (name) => {
      const one = found.get(name);
      if (one === undefined) return [name, NOBODY] as const;
      if (one.stackId === self) return [name, 'a stack cannot import what it exports itself'] as const;
      return [name, await exportedValue(ports, one)] as const;
    }),
  );
}

/** The value of the output that the export names, or why there is none. */
export async function exportedValue(
  ports: StackPorts,
  { stackId, stackName, output, isLeaving }: ExportRecord,
): Promise<Imported | string> {
  if (isLeaving) return `the stack "${stackName}" that exports it is being deleted`;
  const stack = await findStackById(ports.database, null, stackId);
  if (stack === null || stack.deletedAt !== null) return NOBODY;
  const { bound } = await presentDefinition(ports, stack);
  const [view] = await resolvedOutputs(ports, stack, bound, [output]);
  if (view === undefined || view.error !== null)
    return `the stack "${stackName}" exports it, but its output "${output}" cannot be computed`;
  if (view.isUnknown)
    return `the stack "${stackName}" exports it, but is ${stack.action}_${stack.status}: wait until it is complete, then try again`;
  return { value: view.value, secret: view.isSecret };
}
