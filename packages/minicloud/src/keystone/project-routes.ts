/** What `/projects` does beyond a declared kind: domains seen as projects, parents and subtrees, tags. */
import type { Json, JsonObject } from '@hearth/kernel';
import { isJsonArray, isJsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { callerOf, mayReadAll, need, needAdmin } from './access.ts';
import { domainKind, tagsRule } from './account-kinds.ts';
import { projectsOf } from './directory.ts';
import { inIdentityChange, type IdentityContext } from './identity-context.ts';
import { checkedInput, flawOf, wrapped } from './input.ts';
import { create, found, kindRoutes, remove, update } from './kind-routes.ts';
import { filterConditions, isSwitchedOn, isTrue } from './list-filters.ts';
import { projectKind } from './project-kind.ts';
import { ancestorsOf, subtreeOf } from './project-tree.ts';
import { invalid, missing } from './refusals.ts';
import { collections, type DomainBody, type ProjectBody } from './state.ts';
import { domainAsProject, listBody, projectView, selfLink } from './views.ts';

const TAGS = '/v3/projects/:id/tags';

export function projectRoutes(context: IdentityContext): readonly Route[] {
  const plain = kindRoutes(projectKind, context);
  const instead = [...wholeRoutes(context, plain), ...memberRoutes(context, plain)];
  const replaced = new Set(instead.map((route) => `${route.method} ${route.path}`));
  return [
    ...plain.filter((route) => !replaced.has(`${route.method} ${route.path}`)),
    ...instead,
    ...tagRoutes(context),
    ...oneTagRoutes(context),
  ];
}

const plainRoute = (routes: readonly Route[], method: string, path: string): Route['handle'] => {
  const route = routes.find((one) => one.method === method && one.path === path);
  return (request) => (route as Route).handle(request);
};

function wholeRoutes(context: IdentityContext, plain: readonly Route[]): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v3/projects',
      handle: async (request) => {
        const wanted = request.query.get('is_domain');
        if (wanted === null || !isTrue(wanted)) return plainRoute(plain, 'GET', '/v3/projects')(request);
        need(mayReadAll(await callerOf(context, request)), 'list_projects');
        const where = filterConditions(request.query, domainKind.filters);
        const domains = await context.store.documents.list<DomainBody>(collections.domains, { where });
        return json(
          200,
          listBody(
            'projects',
            domains.map((domain) => domainAsProject(domain, request)),
            request,
          ),
        );
      },
    },
    {
      method: 'POST',
      path: '/v3/projects',
      handle: async (request) => {
        const sent = wrapped(request.body, 'project');
        if (sent['is_domain'] !== true) return plainRoute(plain, 'POST', '/v3/projects')(request);
        const caller = await needAdmin(context, request, 'create_project');
        if (sent['parent_id']) throw invalid('only root projects are allowed to act as domains.');
        const { is_domain: _always, parent_id: _none, domain_id: _self, ...domain } = checkedInput(sent, projectKind.input, true);
        const made = await create(domainKind, context, domain, caller);
        return json(201, { project: domainAsProject(made as Document<DomainBody>, request) });
      },
    },
  ];
}

function memberRoutes(context: IdentityContext, plain: readonly Route[]): readonly Route[] {
  const path = '/v3/projects/:id';
  const domainOf = (request: ApiRequest): Promise<Document<DomainBody> | null> =>
    context.store.documents.get<DomainBody>(collections.domains, request.params['id'] ?? '');
  return [
    { method: 'GET', path, handle: (request) => show(context, request) },
    {
      method: 'PATCH',
      path,
      handle: async (request) => {
        const domain = await domainOf(request);
        const sent = wrapped(request.body, 'project');
        if (sent['is_domain'] !== undefined && sent['is_domain'] !== (domain !== null))
          throw invalid('Update of `is_domain` is not allowed.');
        if (domain === null) return plainRoute(plain, 'PATCH', path)(request);
        await needAdmin(context, request, 'update_project');
        const { is_domain: _same, ...changes } = sent;
        return json(200, {
          project: domainAsProject((await update(domainKind, context, changes, domain.id)) as Document<DomainBody>, request),
        });
      },
    },
    {
      method: 'DELETE',
      path,
      handle: async (request) => {
        const domain = await domainOf(request);
        if (domain === null) return plainRoute(plain, 'DELETE', path)(request);
        await needAdmin(context, request, 'delete_project');
        await inIdentityChange(context, (tx) => remove(domainKind, tx, domain.id));
        return empty(204);
      },
    },
  ];
}

async function show(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const id = request.params['id'] ?? '';
  const domain = await context.store.documents.get<DomainBody>(collections.domains, id);
  if (domain !== null) {
    const caller = await callerOf(context, request);
    need(mayReadAll(caller) || caller.readerDomainId === id, 'get_project');
    return json(200, { project: { ...domainAsProject(domain, request), ...(await relatives(context, request, id, null)) } });
  }
  const project = (await found(projectKind, context, request, id)) as Document<ProjectBody>;
  return json(200, { project: { ...projectView(project, request), ...(await relatives(context, request, id, project)) } });
}

async function relatives(
  context: IdentityContext,
  request: ApiRequest,
  id: string,
  project: Document<ProjectBody> | null,
): Promise<JsonObject> {
  const asked = (name: string): boolean => isSwitchedOn(request.query, name);
  for (const side of ['parents', 'subtree'])
    if (asked(`${side}_as_list`) && asked(`${side}_as_ids`))
      throw invalid(`Cannot use ${side}_as_list and ${side}_as_ids query params at the same time.`);
  const shown: Record<string, Json> = {};
  const own = new Set((await projectsOf(context.store, request.identity.userId)).map((one) => one.id));
  const listed = (projects: readonly Document<ProjectBody>[]): readonly JsonObject[] =>
    projects.filter((one) => own.has(one.id)).map((one) => ({ project: projectView(one, request) }));
  if (asked('parents_as_list')) shown['parents'] = project === null ? [] : listed(await ancestorsOf(context.store, project));
  if (asked('parents_as_ids')) shown['parents'] = project === null ? null : await parentIds(context, project);
  if (asked('subtree_as_list')) shown['subtree'] = listed(await subtreeOf(context.store, id));
  if (asked('subtree_as_ids')) shown['subtree'] = idsBelow(id, await subtreeOf(context.store, id));
  return shown;
}

async function parentIds(context: IdentityContext, project: Document<ProjectBody>): Promise<Json> {
  const ids = [...(await ancestorsOf(context.store, project)).map((parent) => parent.id), project.body.domain_id];
  return ids.reduceRight<Json>((above, id) => ({ [id]: above }), null);
}

/** `{child: {grandchild: null}}`, from the nearest-first list: the leaves are last. */
function idsBelow(id: string, subtree: readonly Document<ProjectBody>[]): Json {
  const below = new Map<string, Record<string, Json>>();
  for (const project of subtree.toReversed()) {
    const siblings = below.get(project.body.parent_id) ?? {};
    below.set(project.body.parent_id, { [project.id]: below.get(project.id) ?? null, ...siblings });
  }
  return below.get(id) ?? null;
}

/** Reading a project whose tags are asked for, and changing the tags under lock. */
function tagCalls(context: IdentityContext) {
  const seen = async (request: ApiRequest, action: string): Promise<Document<ProjectBody>> => {
    const id = request.params['id'] ?? '';
    const caller = await callerOf(context, request);
    const project = await context.store.documents.get<ProjectBody>(collections.projects, id);
    need(mayReadAll(caller) || projectKind.mayRead?.(caller, project) === true, action);
    if (project === null) throw missing('project', id);
    return project;
  };
  const change = async (
    request: ApiRequest,
    action: string,
    next: (tags: readonly string[]) => readonly string[],
  ): Promise<readonly string[]> => {
    await needAdmin(context, request, action);
    const id = request.params['id'] ?? '';
    return inIdentityChange(context, async (tx) => {
      const project = await tx.documents.get<ProjectBody>(collections.projects, id, { lock: true });
      if (project === null) throw missing('project', id);
      const tags = next(project.body.tags);
      const flaw = flawOf(tags, tagsRule);
      if (flaw !== null)
        throw invalid(flaw.path.length === 0 ? flaw.message : `Invalid input for field '${flaw.path.join('/')}': ${flaw.message}`);
      await tx.documents.replace<ProjectBody>(collections.projects, { id, body: { ...project.body, tags } }, context.clock.now());
      return tags;
    });
  };
  return { seen, change };
}

function tagRoutes(context: IdentityContext): readonly Route[] {
  const path = TAGS;
  const { seen, change } = tagCalls(context);
  const body = (request: ApiRequest, tags: readonly string[]): JsonObject => ({
    links: { self: `${request.origin}${request.target}` },
    tags,
  });
  return [
    { method: 'GET', path, handle: async (request) => json(200, body(request, (await seen(request, 'list_project_tags')).body.tags)) },
    {
      method: 'PUT',
      path,
      handle: async (request) => {
        const sent = isJsonObject(request.body) ? request.body['tags'] : undefined;
        const tags = await change(request, 'update_project_tags', () => {
          if (!isJsonArray(sent)) throw invalid("{} is not of type 'array'");
          return sent as readonly string[];
        });
        return json(200, body(request, tags));
      },
    },
    {
      method: 'DELETE',
      path,
      handle: async (request) => {
        await change(request, 'delete_project_tags', () => []);
        return empty(204);
      },
    },
  ];
}

function oneTagRoutes(context: IdentityContext): readonly Route[] {
  const path = TAGS;
  const { seen, change } = tagCalls(context);
  const tagOf = (request: ApiRequest): string => request.params['tag'] ?? '';
  return [
    {
      method: 'GET',
      path: `${path}/:tag`,
      handle: async (request) => {
        const project = await seen(request, 'get_project_tag');
        if (!project.body.tags.includes(tagOf(request))) throw missing('project tag', tagOf(request));
        return empty(204);
      },
    },
    {
      method: 'PUT',
      path: `${path}/:tag`,
      handle: async (request) => {
        await change(request, 'create_project_tag', (tags) => [...tags, tagOf(request)]);
        return empty(201, { Location: selfLink(request, `/projects/${request.params['id']}/tags/${encodeURIComponent(tagOf(request))}`) });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:tag`,
      handle: async (request) => {
        await change(request, 'delete_project_tag', (tags) => {
          if (!tags.includes(tagOf(request))) throw missing('project tag', tagOf(request));
          return tags.filter((tag) => tag !== tagOf(request));
        });
        return empty(204);
      },
    },
  ];
}
