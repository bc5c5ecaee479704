/** What creations of a row may have left: as its type finds it, but for what another row stands for where things bear no mark. */
import type { Call, ResourceType } from '@hearth/resource-kit';
import type { EngineStore, ResourceRecord } from '@hearth/store';
import { asCreated } from './late-creation.ts';

export interface LeftBy<C> {
  readonly ids: readonly string[];
  /** As the creation was made. */
  readonly made: Call<C>;
}

export async function leftBy<C>(
  row: ResourceRecord,
  type: ResourceType<C>,
  call: Call<C>,
  store: Pick<EngineStore, 'heldByOthers'>,
): Promise<LeftBy<C>> {
  const made = asCreated(row, call);
  const found = (await type.find?.(made)) ?? [];
  if (type.isFoundByPlace !== true || found.length === 0) return { ids: found, made };
  const held = new Set(await store.heldByOthers(row, found));
  return { ids: found.filter((id) => !held.has(id)), made };
}
