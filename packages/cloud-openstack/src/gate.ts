/** Whether a call may still begin, asked when its bytes are about to leave: what waited for a connection meanwhile may be nobody's any more. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Failure } from '@hearth/kernel';
import type { Agent, Dispatcher } from 'undici';

/** False once whoever wanted the call may not act any more. */
export type Gate = () => boolean;

const gates = new AsyncLocalStorage<Gate>();

/** Every call that `work` makes and that may leave something behind is begun only while the gate is open. */
export const underGate = <T>(gate: Gate, work: () => Promise<T>): Promise<T> => gates.run(gate, work);

export const currentGate = (): Gate | undefined => gates.getStore();

/** The call was held back: nothing has been sent. */
export class GateClosed extends Failure {
  override readonly name = 'GateClosed';
  constructor() {
    super('lease-lost', 'the call was not begun: this process may not act for the stack any more');
  }
}

export function gateOn(agent: Agent, gate: Gate | undefined): Dispatcher {
  if (gate === undefined) return agent;
  if (!gate()) throw new GateClosed();
  return agent.compose((dispatch) => (options, handler) => dispatch(options, guarded(handler, gate)));
}

function guarded(handler: Dispatcher.DispatchHandler, gate: Gate): Dispatcher.DispatchHandler {
  return new Proxy(handler, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key !== 'onRequestStart') return value.bind(target);
      return (controller: Dispatcher.DispatchController, context: unknown) => {
        if (gate()) value.call(target, controller, context);
        else controller.abort(new GateClosed());
      };
    },
  });
}
