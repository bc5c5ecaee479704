/** Projects as a declared kind: the tree they form, and the rules for what may be switched off or removed. */
import type { JsonObject } from '@hearth/kernel';
import type { ApiRequest } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { tagsRule } from './account-kinds.ts';
import { flagRule, idRule, immutableRule, nameRule, nullable, textRule } from './input.ts';
import { refuseIfImmutable, type Kind, type Update } from './kind.ts';
import { ancestorsOf, childrenOf, subtreeOf } from './project-tree.ts';
import { invalid, refused } from './refusals.ts';
import { dropProjects } from './removal.ts';
import { collections, type ProjectBody } from './state.ts';
import { projectView } from './views.ts';

/** Projects below one another, the domain not counted. */
const MAX_DEPTH = 5;

export const projectKind: Kind = {
  singular: 'project',
  plural: 'projects',
  storage: collections.projects,
  input: {
    required: ['name'],
    rules: {
      name: nameRule(64),
      domain_id: nullable(idRule),
      description: nullable(textRule),
      enabled: flagRule,
      parent_id: nullable(idRule),
      is_domain: flagRule,
      tags: tagsRule,
      options: immutableRule,
    },
  },
  filters: { name: 'text', domain_id: 'text', enabled: 'boolean', parent_id: 'text' },
  defaults: { description: '', enabled: true, tags: [], options: {} },
  inDomains: true,
  nameSpace: (body) => `keystone.project:${String(body['domain_id'])}`,
  taken: (body, id) => ({
    type: 'project',
    details:
      'it is not permitted to have two projects with either the same name or same id in the same domain: ' +
      `name is ${String(body['name'])}, project id ${id}`,
  }),
  view: (document, request) => projectView(document as Document<ProjectBody>, request),
  mayList: (caller) => caller.readerDomainId !== null,
  mayRead: (caller, document) =>
    document !== null &&
    (document.id === caller.projectId || (caller.readerDomainId !== null && document.body['domain_id'] === caller.readerDomainId)),
  where: tagConditions,
  columns: (body) => ({ parentId: String(body['parent_id']) }),
  async prepare(_context, sent, isNew) {
    const { is_domain: _always, ...fields } = sent;
    return isNew ? { ...fields, parent_id: fields['parent_id'] || (fields['domain_id'] ?? 'default') } : fields;
  },
  check: (tx, body, update) => (update === null ? checkPlace(tx, body) : checkChange(tx, update)),
  async beforeDelete(tx, document) {
    refuseIfImmutable('delete', 'project', document);
    if ((await childrenOf(tx, [document.id])).length > 0)
      throw refused(
        `Cannot delete the project ${document.id} since it is not a leaf in the hierarchy. Use the cascade option if you want to delete a whole subtree.`,
      );
    await dropProjects(tx, [document.id]);
  },
};

async function checkPlace(tx: CloudStore, body: JsonObject): Promise<void> {
  const [domainId, parentId] = [String(body['domain_id']), String(body['parent_id'])];
  const domain = await tx.documents.get(collections.domains, domainId);
  if (domain === null) throw invalid(`Could not find domain: ${domainId}.`);
  if (domain.body['enabled'] !== true) throw invalid(`cannot create a project in a branch containing a disabled project: ${domainId}`);
  if (parentId === domainId) return;
  if ((await tx.documents.get(collections.domains, parentId)) !== null)
    throw invalid(
      `Cannot create project, the parent (${parentId}) is acting as a domain, but this project's domain id (${domainId}) does not match the parent's id.`,
    );
  const parent = await tx.documents.get<ProjectBody>(collections.projects, parentId, { lock: 'share' });
  if (parent === null) throw invalid(`Could not find project: ${parentId}.`);
  if (parent.body.domain_id !== domainId)
    throw invalid(
      `Cannot create project, since it specifies its domain_id ${domainId}, but specifies a parent in a different domain (${parent.body.domain_id}).`,
    );
  const branch = [parent, ...(await ancestorsOf(tx, parent))];
  const disabled = branch.find((project) => !project.body.enabled);
  if (disabled !== undefined) throw invalid(`cannot create a project in a branch containing a disabled project: ${disabled.id}`);
  if (branch.length >= MAX_DEPTH) throw refused(`Max hierarchy depth reached for ${parentId} branch.`);
}

async function checkChange(tx: CloudStore, { before, changes }: Update): Promise<void> {
  refuseIfImmutable('update', 'project', before, changes);
  const project = before as Document<ProjectBody>;
  if (changes['parent_id'] !== undefined && changes['parent_id'] !== project.body.parent_id)
    throw refused('Update of `parent_id` is not allowed.');
  if (changes['enabled'] === true && !project.body.enabled) {
    if ((await ancestorsOf(tx, project)).some((parent) => !parent.body.enabled))
      throw refused(`Cannot enable project ${project.id} since it has disabled parents`);
  }
  if (changes['enabled'] === false && project.body.enabled) {
    if ((await subtreeOf(tx, project.id)).some((child) => child.body.enabled))
      throw refused(`Cannot disable project ${project.id} since its subtree contains enabled projects.`);
  }
}

function tagConditions({ query }: ApiRequest): readonly Condition[] {
  const conditions: Condition[] = [];
  const tags = (name: string): readonly Condition[] | null =>
    query
      .get(name)
      ?.split(',')
      .map((tag) => ({ field: 'tags', contains: [tag] })) ?? null;
  conditions.push(...(tags('tags') ?? []));
  const any = tags('tags-any');
  if (any !== null) conditions.push({ anyOf: any });
  const notAll = query.get('not-tags')?.split(',');
  if (notAll !== undefined) conditions.push({ not: { field: 'tags', contains: notAll } });
  const notAny = tags('not-tags-any');
  if (notAny !== null) conditions.push({ not: { anyOf: notAny } });
  return conditions;
}
