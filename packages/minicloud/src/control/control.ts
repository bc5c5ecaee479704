/** The control API of the mini-cloud put together: what services are given to be steered by, and the façade through which administrators steer. */
import { json, keystoneUnauthorized, isAdmin, type Facade, type Problem, type Route, type TokenVerifier } from '@hearth/http-kit';
import { Refusal, type Clock, type Log, type Random, type Timers } from '@hearth/kernel';
import type { Database } from '@hearth/store';
import { spoken, titleOf } from '../faults/status.ts';
import type { Service, ServiceContext } from '../service.ts';
import type { CloudDatabase } from '../store/cloud-store.ts';
import { markAllSeededOnce } from '../store/inventory.ts';
import { noticesOn } from '../store/notices.ts';
import { behaviourBook } from './behaviour-book.ts';
import { behaviourRoutes } from './behaviour-routes.ts';
import { inventoryRoutes } from './inventory-routes.ts';
import { objectRoutes } from './object-routes.ts';
import { quotaRoutes } from './quota-routes.ts';
import { steeredCloud, type SteeredCloud } from './steered-routes.ts';
import { timeRoutes } from './time-routes.ts';
import { virtualClock } from './virtual-clock.ts';

const PREFIX = '/control/v1';

export interface ControlParts {
  readonly database: Database;
  readonly store: CloudDatabase;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

export interface Control extends SteeredCloud {
  close(): Promise<void>;
  /** The mini-cloud's own time, for services; tokens live by the real one. */
  readonly clock: Clock;
  facade(context: ServiceContext, services: readonly Service[], gate: ControlGate): Facade;
}

export interface ControlGate {
  readonly verifier: TokenVerifier;
  /** After a change of what the identity service keeps. */
  readonly forget: () => Promise<void>;
}

/** Before anything is seeded. */
export async function startControl({ database, store, timers, random, log }: ControlParts): Promise<Control> {
  await markAllSeededOnce(database, store);
  const notices = noticesOn(database, 'minicloud_control', random.uuid());
  const book = behaviourBook({ store, clock: timers, log, notices });
  const stopListening = await notices.listen(() => void book.read());
  await book.read();
  const steered = steeredCloud({ book, store, timers, log });
  return {
    clock: virtualClock(timers, () => book.time()),
    steering: steered.steering,
    routes: steered.routes,
    endWaits: steered.endWaits,
    close: stopListening,
    facade: (context, services, gate) => ({
      name: 'control',
      prefixes: [PREFIX],
      routes: forAdministrators([
        ...behaviourRoutes({ book, store, random, clock: timers }),
        ...timeRoutes(book, timers),
        ...quotaRoutes(context),
        ...inventoryRoutes(context, database),
        ...objectRoutes(context, gate.forget),
        ...services.flatMap((service) => service.controlRoutes?.(context) ?? []),
      ]),
      verifier: gate.verifier,
      fault,
    }),
  };
}

const forAdministrators = (routes: readonly Route[]): readonly Route[] =>
  routes.map((route) => ({
    ...route,
    handle(request) {
      if (!isAdmin(request.identity))
        throw new Refusal('forbidden', 'Forbidden', 'The control API is for administrators: use a token with the role admin.');
      return route.handle(request);
    },
  }));

function fault(problem: Problem, request: { readonly origin: string }) {
  if (problem.kind === 'unauthorized') return keystoneUnauthorized(`${request.origin}/v3`);
  const { status, type, message } = spoken(problem);
  return json(status, { error: { code: status, title: titleOf(status), type, message } });
}
