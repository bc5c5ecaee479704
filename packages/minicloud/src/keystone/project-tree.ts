/** Walking the tree of projects: what is above one, what is below. Level by level, so that depth never becomes depth of our call stack. */
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { collections, type ProjectBody } from './state.ts';

/** More than any tree may have. */
const LEVELS = 20;

/** From the parent up, without the domain. */
export async function ancestorsOf(store: CloudStore, project: Document<ProjectBody>): Promise<readonly Document<ProjectBody>[]> {
  const found: Document<ProjectBody>[] = [];
  let { parent_id, domain_id } = project.body;
  while (parent_id !== domain_id && found.length < LEVELS) {
    const parent = await store.documents.get<ProjectBody>(collections.projects, parent_id);
    if (parent === null) break;
    found.push(parent);
    ({ parent_id, domain_id } = parent.body);
  }
  return found;
}

export const childrenOf = (store: CloudStore, ids: readonly string[]): Promise<readonly Document<ProjectBody>[]> =>
  store.documents.list<ProjectBody>(collections.projects, { where: [{ field: 'parent_id', in: ids }] });

/** Everything below, nearest first. */
export async function subtreeOf(store: CloudStore, id: string): Promise<readonly Document<ProjectBody>[]> {
  const found: Document<ProjectBody>[] = [];
  let level: readonly string[] = [id];
  for (let depth = 0; level.length > 0 && depth < LEVELS; depth++) {
    const children = await childrenOf(store, level);
    found.push(...children);
    level = children.map((child) => child.id);
  }
  return found;
}
