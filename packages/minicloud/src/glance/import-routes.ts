/** Interoperable import: data that was staged, or fetched from a URL through the guard for outgoing requests; and the tasks that do it. */
import { Failure, isJsonObject, messageOf, Refusal, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Outbound } from '@hearth/outbound';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ServiceContext } from '../service.ts';
import { changed, conflict, invalid, notAllowed, objectBody, replaced, visible, type Image } from './access.ts';
import { asActive, receive } from './data-routes.ts';
import { takeIn, virtualSize } from './image-bytes.ts';
import { withData, withStatus, withoutData } from './machine.ts';
import { IMAGES, TASKS, type ImageBody, STORE } from './state.ts';
import { imageTaskView, taskView, wholeTaskView, type TaskBody } from './views.ts';

export interface ImportRules {
  /** Null: nothing is fetched from URLs. */
  readonly outbound: Outbound | null;
  readonly maxBytes: number;
  /** For one download. */
  readonly timeoutMs: number;
  /** What runs in the background, so that the service can be closed in good order. */
  readonly background: { add(work: Promise<void>): void; readonly signal: AbortSignal };
}

const MAX_LISTED = 1_000;

export const importMethods = (rules: Pick<ImportRules, 'outbound'>): readonly string[] =>
  rules.outbound === null ? ['glance-direct'] : ['glance-direct', 'web-download'];

export function importRoutes(context: ServiceContext, rules: ImportRules): readonly Route[] {
  return [
    { method: 'POST', path: '/v2/images/:id/import', handle: (request) => begin(context, rules, request) },
    { method: 'GET', path: '/v2/images/:id/tasks', handle: (request) => tasksOfImage(context, request) },
    { method: 'GET', path: '/v2/tasks', handle: (request) => allTasks(context, request) },
    { method: 'GET', path: '/v2/tasks/:id', handle: (request) => oneTask(context, request) },
    {
      method: 'GET',
      path: '/v2/info/import',
      handle: () =>
        json(200, { 'import-methods': { description: 'Import methods available.', type: 'array', value: importMethods(rules) } }),
    },
    { method: 'GET', path: '/v2/info/stores', handle: () => json(200, { stores: [{ id: STORE, default: 'true' }] }) },
    {
      method: 'GET',
      path: '/v2/info/stores/detail',
      handle: (request) => {
        if (!isAdmin(request.identity)) throw notAllowed('stores_info_detail');
        return json(200, { stores: [{ id: STORE, default: 'true', type: 'database', properties: { chunk_size: 1_048_576 } }] });
      },
    },
    {
      method: 'GET',
      path: '/v2/cache',
      handle: (request) => {
        if (!isAdmin(request.identity)) throw notAllowed('cache_list');
        throw new Refusal('not-found', 'HTTPNotFound', 'Caching via API is not supported at this site.');
      },
    },
  ];
}

async function begin(context: ServiceContext, rules: ImportRules, request: ApiRequest): Promise<Answer> {
  const given = objectBody(request);
  const { method } = given;
  if (!isJsonObject(method)) throw invalid("Import request requires a 'method' field.");
  const name = method['name'];
  if (typeof name !== 'string') throw invalid("Import request requires a 'name' field.");
  const image = await visible(context.store, request);
  checkStores(given);
  switch (name) {
    case 'copy-image':
      if (image.body.status !== 'active') throw conflict('Only images with status active can be targeted for copying');
      if (!isAdmin(request.identity)) throw notAllowed('copy_image');
      throw invalid('There is only one store here, so that images cannot be copied between stores.');
    case 'glance-direct':
      await importStaged(context, request, given);
      return empty(202);
    case 'web-download':
      if (rules.outbound === null) throw invalid(`Unknown import method name '${name}'.`);
      await importFromUrl(context, rules, rules.outbound, request, { given, uri: method['uri'] });
      return empty(202);
    default:
      throw invalid(`Unknown import method name '${name.slice(0, 60)}'.`);
  }
}

function checkStores(given: JsonObject): void {
  const { stores } = given;
  if (stores === undefined) return;
  if (!Array.isArray(stores) || stores.length === 0 || stores.some((store) => store !== STORE))
    throw conflict(`Store ${JSON.stringify(stores).slice(0, 60)} does not exist; there is only "${STORE}"`);
}

async function importStaged(context: ServiceContext, request: ApiRequest, given: JsonObject): Promise<void> {
  if ((await visible(context.store, request)).body.status !== 'uploading')
    throw conflict("Image needs to be staged before 'glance-direct' method can be used");
  const image = await changed(context, request, ({ body }) => withStatus(body, 'importing'));
  const { staged } = image.body;
  if (staged === undefined) throw conflict("Image needs to be staged before 'glance-direct' method can be used");
  const virtual_size = await virtualSize(context.store, image.body.disk_format, staged);
  await context.store.transaction(async (tx) => {
    const now = await tx.documents.get<ImageBody>(IMAGES, image.id, { lock: true });
    if (now === null) return;
    await replaced(tx, context, now, imported(withData(now.body, { ...staged, virtual_size })));
    await newTask(tx, context, request, image, given, 'success');
  });
}

/** Glance leaves these behind on an image that came by import. */
const imported = (body: ImageBody): ImageBody => ({
  ...body,
  extra: { ...body.extra, os_glance_importing_to_stores: '', os_glance_failed_import: '' },
});

async function importFromUrl(
  context: ServiceContext,
  rules: ImportRules,
  outbound: Outbound,
  request: ApiRequest,
  wish: { readonly given: JsonObject; readonly uri: unknown },
): Promise<void> {
  const { uri } = wish;
  if (typeof uri !== 'string') throw invalid('URI for web-download does not pass filtering: None');
  try {
    await outbound.check(uri);
  } catch (error) {
    if (error instanceof Refusal) throw invalid(`URI for web-download does not pass filtering: ${error.message}`);
    // A name that cannot be looked up now is the download's failure, as for any other server that does not answer.
    if (!(error instanceof Failure)) throw error;
  }
  const image = await changed(context, request, ({ body }) => {
    if (body.status !== 'queued') throw conflict("Image needs to be in 'queued' state to use 'web-download' method");
    return withStatus(body, 'importing');
  });
  // The URL may carry a signature, so that the task names it without its query.
  const shown = { ...wish.given, method: { name: 'web-download', uri: uri.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//') } };
  const taskId = await newTask(context.store, context, request, image, shown, 'processing');
  rules.background.add(fetchInto(context, rules, outbound, { image, uri, taskId }));
}

async function fetchInto(
  context: ServiceContext,
  rules: ImportRules,
  outbound: Outbound,
  { image, uri, taskId }: { readonly image: Image; readonly uri: string; readonly taskId: string },
): Promise<void> {
  const { maxBytes, timeoutMs } = rules;
  try {
    const bring = async () =>
      takeIn(context, image, (await outbound.fetchBytes(uri, { maxBytes, timeoutMs, signal: rules.background.signal })).bytes, maxBytes);
    await receive(context, image, bring, async (now, staged) => imported(await asActive(context)(now, staged)));
    await endTask(context, taskId, 'success', '');
  } catch (error) {
    const isKnown = error instanceof Refusal || error instanceof Failure;
    context.log.warn('glance.import-failed', { imageId: image.id, reason: messageOf(error) });
    await context.store.transaction(async (tx) => {
      const now = await tx.documents.get<ImageBody>(IMAGES, image.id, { lock: true });
      if (now === null) return;
      const extra = { ...now.body.extra, os_glance_importing_to_stores: '', os_glance_failed_import: STORE };
      await replaced(tx, context, now, { ...now.body, extra });
    });
    await endTask(context, taskId, 'failure', isKnown ? messageOf(error) : 'The data could not be stored.');
  }
}

async function newTask(
  tx: CloudStore,
  context: ServiceContext,
  request: ApiRequest,
  image: Image,
  given: JsonObject,
  status: TaskBody['status'],
): Promise<string> {
  const id = context.random.uuid();
  const body: TaskBody = {
    type: 'api_image_import',
    status,
    input: { image_id: image.id, import_req: given, backend: [STORE] },
    result: status === 'success' ? { image_id: image.id } : null,
    message: '',
    request_id: request.id,
    user_id: request.identity.userId,
  };
  await tx.documents.insert<TaskBody>(TASKS, { id, parentId: image.id, projectId: request.identity.projectId, body }, context.clock.now());
  return id;
}

async function endTask(context: ServiceContext, id: string, status: 'success' | 'failure', message: string): Promise<void> {
  await context.store.transaction(async (tx) => {
    const task = await tx.documents.get<TaskBody>(TASKS, id, { lock: true });
    if (task === null) return;
    const result = status === 'success' ? { image_id: task.parentId } : null;
    await tx.documents.replace<TaskBody>(TASKS, { id, body: { ...task.body, status, message, result } }, context.clock.now());
  });
}

/** What was under way when the process ended did not succeed: the image waits again, the task has failed. */
export async function settleInterrupted(tx: CloudStore, context: ServiceContext): Promise<void> {
  const stuck = await tx.documents.list<ImageBody>(IMAGES, { where: [{ field: 'status', in: ['saving', 'importing'] }] });
  for (const image of stuck) await replaced(tx, context, image, withoutData(image.body));
  const emptyStage = await tx.documents.list<ImageBody>(IMAGES, { where: [{ field: 'status', in: ['uploading'] }] });
  for (const image of emptyStage) if (image.body.staged === undefined) await replaced(tx, context, image, withoutData(image.body));
  const tasks = await tx.documents.list<TaskBody>(TASKS, { where: [{ field: 'status', in: ['pending', 'processing'] }] });
  for (const task of tasks) {
    const body: TaskBody = { ...task.body, status: 'failure', message: 'The service was stopped meanwhile.' };
    await tx.documents.replace<TaskBody>(TASKS, { id: task.id, body }, context.clock.now());
  }
}

async function tasksOfImage(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const image = await visible(context.store, request);
  const where = [{ field: 'parent_id', in: [image.id] }];
  const tasks = await context.store.documents.list<TaskBody>(TASKS, { where, limit: MAX_LISTED });
  return json(200, { tasks: tasks.map(imageTaskView) });
}

async function allTasks(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  if (!isAdmin(request.identity)) throw notAllowed('tasks_api_access');
  const sort = [{ field: 'created_at', direction: 'desc' }] as const;
  const tasks = await context.store.documents.list<TaskBody>(TASKS, { sort, limit: MAX_LISTED });
  return json(200, { tasks: tasks.map(taskView), first: '/v2/tasks', schema: '/v2/schemas/tasks' });
}

async function oneTask(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  if (!isAdmin(request.identity)) throw notAllowed('tasks_api_access');
  const id = request.params['id'] ?? '';
  const task = await context.store.documents.get<TaskBody>(TASKS, id);
  if (task === null) throw new Refusal('not-found', 'NotFound', `Task ${id.slice(0, 60)} could not be found.`);
  return json(200, wholeTaskView(task));
}
