/** Watching a stack: until it settles, until it is gone, through a short absence of the server, and not for ever. */
import { Failure, type Timers } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import { awaitSettled } from './await-settled.ts';
import type { StackClient } from './stack-client.ts';
import type { StackDetail } from './stack-shapes.ts';

const key = { id: '1', name: 'web' };
const stack = (status: string): StackDetail => ({
  ...key,
  status,
  reason: '',
  description: '',
  createdAt: '',
  updatedAt: null,
  parameters: {},
  outputs: [],
});
const away = new Failure('unavailable', 'nothing listens');

/** Sleeping moves the clock. */
function fakeTimers(): Timers {
  let now = 0;
  return {
    now: () => now,
    at: () => () => undefined,
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  };
}

/** Gives the sights one after the other; the last one for ever. */
function clientSeeing(...sights: (StackDetail | null | Failure)[]): StackClient {
  let next = 0;
  const unused = (): Promise<never> => Promise.reject(new Error('not asked for here'));
  return {
    endpoint: '',
    show: () => {
      const sight = sights[Math.min(next++, sights.length - 1)];
      return sight instanceof Failure ? Promise.reject(sight) : Promise.resolve(sight ?? null);
    },
    resources: () => Promise.reject(new Failure('not-found', 'gone')),
    list: unused,
    create: unused,
    update: unused,
    delete: unused,
    events: unused,
    outputs: unused,
  };
}

describe('watching', () => {
  it('ends when the stack has settled', async () => {
    const looks: string[] = [];
    const client = clientSeeing(stack('CREATE_IN_PROGRESS'), stack('CREATE_IN_PROGRESS'), stack('CREATE_FAILED'));
    const end = await awaitSettled(client, key, { timers: fakeTimers(), onLook: ({ status }) => looks.push(status) });
    expect(end?.status).toBe('CREATE_FAILED');
    expect(looks).toEqual(['CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_FAILED']);
  });

  it.each([['gone', null] as const, ['deleted', stack('DELETE_COMPLETE')] as const])(
    'ends with null when it is %s',
    async (_name, sight) => {
      expect(await awaitSettled(clientSeeing(stack('DELETE_IN_PROGRESS'), sight), key, { timers: fakeTimers() })).toBeNull();
    },
  );

  it('waits for a server that is away for a moment', async () => {
    const client = clientSeeing(stack('CREATE_IN_PROGRESS'), away, away, stack('CREATE_COMPLETE'));
    expect((await awaitSettled(client, key, { timers: fakeTimers() }))?.status).toBe('CREATE_COMPLETE');
  });

  it('does not wait for ever for a server that is away', async () => {
    const timers = fakeTimers();
    await expect(awaitSettled(clientSeeing(away), key, { timers, patienceMs: 10_000 })).rejects.toBe(away);
    expect(timers.now()).toBeLessThan(12_000);
  });

  it('stops when told to, with what it saw last', async () => {
    const abort = new AbortController();
    abort.abort();
    const end = await awaitSettled(clientSeeing(stack('CREATE_IN_PROGRESS')), key, { timers: fakeTimers(), cancel: abort.signal });
    expect(end?.status).toBe('CREATE_IN_PROGRESS');
  });
});
