/** Stacks over the orchestration API (Heat's REST v1): what the command line and the tests do with them. */
import { Failure, type Json, type JsonObject } from '@hearth/kernel';
import type { JsonRequest } from './ask-json.ts';
import { listOf } from './reading.ts';
import type { Session } from './session.ts';
import {
  partOf,
  readDetail,
  readEvent,
  readOutput,
  readResource,
  readSummary,
  type StackDetail,
  type StackEvent,
  type StackOutput,
  type StackResource,
  type StackSummary,
} from './stack-shapes.ts';

/** Both halves are in every address that changes something. */
export interface StackKey {
  readonly id: string;
  readonly name: string;
}

/** What a stack should become. Template and environment are text (YAML or JSON) or already parsed. */
export interface StackWish {
  readonly template: string | JsonObject;
  readonly environment?: string | JsonObject;
  /** Names in `files`, each above those before it; then `environment` is not looked at. */
  readonly environmentFiles?: readonly string[];
  readonly parameters?: Readonly<Record<string, Json>>;
  /** Contents for `get_file`, by the name used in the template. */
  readonly files?: Readonly<Record<string, string>>;
  readonly timeoutMinutes?: number;
  readonly rollbackEnabled?: boolean;
  /** Of updates alone: what drifted counts as a change. */
  readonly observes?: boolean;
}

export interface EventPage {
  /** Only events after the one with this id. */
  readonly after?: string;
  /** At most so many; default and most: what the server allows. */
  readonly limit?: number;
}

export interface StackClient {
  readonly endpoint: string;
  /** All stacks of the project, page by page, newest first. */
  list(): Promise<readonly StackSummary[]>;
  /** By name or id; null when there is none. */
  show(nameOrId: string): Promise<StackDetail | null>;
  /** Accepts the wish; the work goes on in the server. */
  create(name: string, wish: StackWish): Promise<StackKey>;
  update(stack: StackKey, wish: StackWish): Promise<void>;
  /** Begins the deletion; a stack that is gone already is fine. */
  delete(stack: StackKey): Promise<void>;
  resources(stack: StackKey): Promise<readonly StackResource[]>;
  /** One page, oldest first; an empty one means that there is no more. */
  events(stack: StackKey, page?: EventPage): Promise<readonly StackEvent[]>;
  outputs(stack: StackKey): Promise<readonly StackOutput[]>;
}

const PAGE = 100;
/** A list longer than this is a server that never ends its pages. */
const MOST_PAGES = 10_000;

/** `endpoint` overrides the catalogue (`http://host:8004/v1/{project}`). */
export function stackClient(session: Session, endpoint: string = session.endpoint('orchestration')): StackClient {
  const ask = async (method: JsonRequest['method'], path: string, body?: JsonObject): Promise<Json> => {
    const answer = await session.ask({ method, url: `${endpoint}${path}`, ...(body === undefined ? {} : { body }) });
    return answer.body;
  };
  const at = (stack: StackKey): string => `/stacks/${encodeURIComponent(stack.name)}/${encodeURIComponent(stack.id)}`;
  return {
    endpoint,
    list: () =>
      listAll(async (marker) =>
        listOf(await ask('GET', `/stacks?limit=${PAGE}${marker === null ? '' : `&marker=${marker}`}`), 'stacks').map(readSummary),
      ),
    async show(nameOrId) {
      const body = await orNull(ask('GET', `/stacks/${encodeURIComponent(nameOrId)}`));
      return body === null ? null : readDetail(partOf(body, 'stack'));
    },
    async create(name, wish) {
      const stack = partOf(await ask('POST', '/stacks', { stack_name: name, ...bodyOf(wish) }), 'stack') as JsonObject;
      return { id: String(stack['id']), name };
    },
    update: async (stack, wish) => void (await ask('PUT', at(stack), bodyOf(wish))),
    delete: async (stack) => void (await orNull(ask('DELETE', at(stack)))),
    resources: async (stack) => listOf(await ask('GET', `${at(stack)}/resources`), 'resources').map(readResource),
    events: async (stack, page = {}) => listOf(await ask('GET', `${at(stack)}/events?${eventQuery(page)}`), 'events').map(readEvent),
    async outputs(stack) {
      const names = listOf(await ask('GET', `${at(stack)}/outputs`), 'outputs').map((output) => readOutput(output).name);
      const outputs: StackOutput[] = [];
      for (const name of names)
        outputs.push(readOutput(partOf(await ask('GET', `${at(stack)}/outputs/${encodeURIComponent(name)}`), 'output')));
      return outputs;
    },
  };
}

async function listAll(page: (marker: string | null) => Promise<readonly StackSummary[]>): Promise<readonly StackSummary[]> {
  const all: StackSummary[] = [];
  let marker: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const next: readonly StackSummary[] = await page(marker);
    all.push(...next);
    if (next.length < PAGE) return all;
    marker = next.at(-1)?.id ?? null;
  }
  throw new Failure('unknown', `the list of stacks does not end after ${MOST_PAGES} pages; does the server heed "marker"?`);
}

/** The wish as the API wants it. */
export function bodyOf(wish: StackWish): JsonObject {
  return {
    template: wish.template,
    environment: wish.environment ?? {},
    parameters: wish.parameters ?? {},
    files: wish.files ?? {},
    ...(wish.environmentFiles === undefined ? {} : { environment_files: wish.environmentFiles }),
    ...(wish.timeoutMinutes === undefined ? {} : { timeout_mins: wish.timeoutMinutes }),
    ...(wish.rollbackEnabled === undefined ? {} : { disable_rollback: !wish.rollbackEnabled }),
    ...(wish.observes === true && { converge: true }),
  };
}

function eventQuery({ after, limit }: EventPage): string {
  const query = new URLSearchParams({ sort_dir: 'asc' });
  if (after !== undefined) query.set('marker', after);
  if (limit !== undefined) query.set('limit', String(limit));
  return query.toString();
}

async function orNull(answer: Promise<Json>): Promise<Json | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return null;
    throw error;
  }
}
