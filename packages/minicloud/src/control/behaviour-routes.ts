/** Behaviours over HTTP: list, add, show, remove. */
import { empty, json, type Route } from '@hearth/http-kit';
import type { Clock, Random } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import type { BehaviourBook } from './behaviour-book.ts';
import { projectNamed } from './projects.ts';
import { readBehaviour, shownBehaviour } from './read-behaviour.ts';
import { missing } from './read-fields.ts';

export interface BehaviourParts {
  readonly book: BehaviourBook;
  readonly store: CloudStore;
  readonly random: Random;
  readonly clock: Clock;
}

export function behaviourRoutes({ book, store, random, clock }: BehaviourParts): readonly Route[] {
  const noSuch = (id: string) => missing(`there is no behaviour ${id}`);
  return [
    {
      method: 'GET',
      path: '/behaviours',
      handle: async () => json(200, { behaviours: (await book.list()).map(shownBehaviour) }),
    },
    {
      method: 'POST',
      path: '/behaviours',
      async handle(request) {
        const { criteria, project, times, chance, seed, effect } = readBehaviour(request.body);
        const projectId = project === null ? null : (await projectNamed(store, project)).id;
        const behaviour = {
          id: random.uuid(),
          criteria: { ...criteria, projectId },
          times,
          chance,
          seed: seed ?? Math.floor(random.next() * 2 ** 32),
          effect,
          used: 0,
          createdMs: clock.now(),
        };
        await book.add(behaviour);
        return json(201, { behaviour: shownBehaviour(behaviour) });
      },
    },
    {
      method: 'GET',
      path: '/behaviours/:id',
      async handle(request) {
        const id = request.params.id ?? '';
        const found = (await book.list()).find((one) => one.id === id);
        if (found === undefined) throw noSuch(id);
        return json(200, { behaviour: shownBehaviour(found) });
      },
    },
    {
      method: 'DELETE',
      path: '/behaviours',
      handle: async () => json(200, { removed: await book.removeAll() }),
    },
    {
      method: 'DELETE',
      path: '/behaviours/:id',
      async handle(request) {
        const id = request.params.id ?? '';
        if (!(await book.remove(id))) throw noSuch(id);
        return empty();
      },
    },
  ];
}
