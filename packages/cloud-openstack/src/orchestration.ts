/** The orchestration service, in any region of the cloud: stacks as `OS::Heat::Stack` makes them. Bodies as the service has them. */
import { Failure, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { itemOf, nullIfGone } from './answers.ts';
import type { CloudRequest, Session } from './session.ts';

/** Where a stack is: null is the session's own region. */
export type Region = string | null;

export interface RemoteStackWish {
  readonly template: string;
  readonly parameters: JsonObject;
  readonly files: Readonly<Record<string, string>>;
  /** Null: the service's default. */
  readonly timeoutMins: number | null;
}

export interface Orchestration {
  /** Answers with the id of the stack, which is only begun. */
  createStack(region: Region, name: string, wish: RemoteStackWish): Promise<string>;
  updateStack(region: Region, name: string, id: string, wish: RemoteStackWish): Promise<void>;
  deleteStack(region: Region, name: string, id: string): Promise<void>;
  /** Null when it is gone; deleted ones that are still shown count as gone. */
  getStack(region: Region, id: string): Promise<JsonObject | null>;
  /** Live stacks of exactly this name. */
  stacksNamed(region: Region, name: string): Promise<readonly JsonObject[]>;
}

const service = 'orchestration';
const pathOf = (name: string, id: string): string => `/stacks/${encodeURIComponent(name)}/${encodeURIComponent(id)}`;

export function orchestrationOf(session: Session): Orchestration {
  const ask = (region: Region, request: Omit<CloudRequest, 'service' | 'region'>): Promise<Json> =>
    session.request({ service, ...request, ...(region === null ? {} : { region }) });
  const bodyOf = ({ template, parameters, files, timeoutMins }: RemoteStackWish): JsonObject => ({
    template,
    parameters,
    files,
    environment: {},
    ...(timeoutMins === null ? {} : { timeout_mins: timeoutMins }),
  });
  return {
    async createStack(region, name, wish) {
      const body = { stack_name: name, disable_rollback: true, ...bodyOf(wish) };
      const { id } = itemOf(await ask(region, { method: 'POST', path: '/stacks', body }), 'stack');
      if (typeof id !== 'string') throw new Failure('unknown', 'the orchestration service answered without the id of the stack');
      return id;
    },
    updateStack: async (region, name, id, wish) => {
      await ask(region, { method: 'PUT', path: pathOf(name, id), body: { disable_rollback: true, ...bodyOf(wish) } });
    },
    deleteStack: async (region, name, id) => {
      await ask(region, { method: 'DELETE', path: pathOf(name, id) });
    },
    getStack: (region, id) =>
      nullIfGone(async () => {
        // Asked by id alone it answers with a redirect to the whole address, so the list is asked.
        const found = await ask(region, { method: 'GET', path: '/stacks', query: { id, show_nested: 'true' } });
        const [stack] = listed(found);
        if (stack === undefined) return null;
        return itemOf(await ask(region, { method: 'GET', path: pathOf(String(stack.stack_name), id) }), 'stack');
      }),
    stacksNamed: async (region, name) => {
      const found = listed(await ask(region, { method: 'GET', path: '/stacks', query: { name } }));
      return found.filter((stack) => stack.stack_name === name);
    },
  };
}

const listed = (body: Json): readonly JsonObject[] =>
  isJsonObject(body) && isJsonArray(body.stacks) ? body.stacks.filter(isJsonObject) : [];
