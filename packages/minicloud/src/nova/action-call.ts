/** What the handlers of server actions share: the call, and the plainest handler. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { ServerAction } from './machine.ts';
import { objectOf } from './refusals.ts';
import { act, type Caller, type ComputeParts } from './servers.ts';

export interface ActionCall {
  readonly parts: ComputeParts;
  readonly request: ApiRequest;
  readonly minor: number;
  readonly id: string;
  readonly caller: Caller;
  /** What the body has under the action's name. */
  readonly given: Json;
}
export type ActionHandler = (call: ActionCall) => Promise<Answer>;

/** A transition that takes no arguments. `word` is its name in the server's list of actions. */
export const plain =
  (action: ServerAction, word: string, status = 202): ActionHandler =>
  async (call) => {
    await act(call.parts, call.id, { action, word }, call.caller);
    return empty(status);
  };

/** The arguments of an action that has some; none where null is as good as an empty object. */
export const argumentsOf = (call: ActionCall, name: string): JsonObject => objectOf(call.given, name);
export const optionalArgumentsOf = (call: ActionCall): JsonObject => (isJsonObject(call.given) ? call.given : {});

const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
export const newPassword = (parts: ComputeParts): string =>
  [...parts.context.random.bytes(12)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
