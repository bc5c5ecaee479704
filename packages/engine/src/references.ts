/** What a definition's functions may ask about resources, answered from rows. Shared by the engine and by outputs in the API. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Registry } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { type References, selectionKey } from '@hearth/template';
import { keptAnswer } from './child-answers.ts';

/** `rowOf` gives the row that stands for a logical name, or null while there is none; an unfinished one answers nothing. */
export function rowReferences(rowOf: (name: string) => ResourceRecord | null, registry: Registry): References {
  const ready = (name: string): ResourceRecord | null => {
    const row = rowOf(name);
    return row === null ||
      row.physicalId === null ||
      ((row.action === 'CREATE' || row.action === 'ADOPT') && row.status !== 'COMPLETE') ||
      row.action === 'DELETE'
      ? null
      : row;
  };
  return {
    referenceId: (name) => {
      const row = ready(name);
      return row === null ? undefined : referenceIdOf(row, registry);
    },
    attribute: (name, attribute): Json | undefined => {
      const row = ready(name);
      if (row === null) return undefined;
      return row.attributes?.[attribute] ?? null;
    },
    attributeAt(name, attribute, path) {
      const row = rowOf(name);
      if (row === null || registry.get(row.handler)?.composite === undefined) return null;
      return ready(name) === null ? { value: undefined } : keptAnswer(row, selectionKey(attribute, path));
    },
    allAttributes: (name): JsonObject | undefined => {
      const row = ready(name);
      if (row === null) return undefined;
      if (registry.get(row.handler)?.composite !== undefined) return everyAttribute(row);
      const { show: _show, ...others } = row.attributes ?? {};
      return others;
    },
  };
}

/** What `get_resource` yields for a row that has a physical id. */
export function referenceIdOf(row: ResourceRecord, registry: Registry): string {
  const kept = row.data['referenceId'];
  if (typeof kept === 'string' && registry.get(row.handler)?.composite !== undefined) return kept;
  const physicalId = row.physicalId ?? row.physicalName;
  return registry.get(row.handler)?.referenceId?.({ physicalId, physicalName: row.physicalName, data: row.data }) ?? physicalId;
}

/** Of a composite resource: kept under the selection of all. */
function everyAttribute(row: ResourceRecord): JsonObject {
  const { value } = keptAnswer(row, selectionKey('*', []));
  return isJsonObject(value) ? value : {};
}
