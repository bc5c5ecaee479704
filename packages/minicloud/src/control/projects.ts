/** Projects by id or name. */
import type { CloudStore } from '../store/cloud-store.ts';
import { invalid } from './read-fields.ts';

const PROJECTS = 'keystone.projects';

/** Refused when there is none, or when several domains have one of that name. */
export async function projectNamed(store: CloudStore, idOrName: string): Promise<{ readonly id: string; readonly name: string }> {
  const byId = await store.documents.get(PROJECTS, idOrName);
  if (byId !== null) return { id: byId.id, name: String(byId.body.name) };
  const named = await store.documents.list(PROJECTS, { where: [{ field: 'name', is: idOrName }], limit: 2 });
  const [found] = named;
  if (found === undefined) throw invalid(`there is no project with the id or name "${idOrName}"`);
  if (named.length > 1) throw invalid(`several domains have a project "${idOrName}": name it by its id`);
  return { id: found.id, name: String(found.body.name) };
}
