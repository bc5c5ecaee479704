/** Looks that become one: those of several sessions too, and what happens when the first of them may not see. */
import { Failure, type JsonObject } from '@hearth/kernel';
import { virtualTimers } from '@hearth/testkit';
import { expect, it } from 'vitest';
import { type Looker, sharedLooks } from './shared-observation.ts';

function scene() {
  const timers = virtualTimers();
  const looks = sharedLooks(timers);
  const asked: string[] = [];
  const session = (name: string, mayLook: () => boolean = () => true, listMs = 0): Looker => {
    const answer = async <T>(question: string, item: T): Promise<T> => {
      asked.push(`${name} ${question}`);
      if (!mayLook()) throw new Failure('unauthorized', `${name} is gone`);
      return item;
    };
    return {
      one: (id) => answer(id, { id, by: name }),
      all: async () => {
        await timers.sleep(listMs);
        return answer(
          'list',
          Array.from({ length: 10 }, (_, i): JsonObject => ({ id: `s${i}`, by: name })),
        );
      },
    };
  };
  return { timers, looks, asked, session };
}

it('looks of several sessions are one list by the first of them', async () => {
  const { timers, looks, asked, session } = scene();
  const found = Promise.all(Array.from({ length: 10 }, (_, i) => looks.of('servers')(`s${i}`, session(`stack-${i}`))));
  await timers.advance(30);
  expect((await found).map((item) => item?.['by'])).toEqual(Array.from({ length: 10 }, () => 'stack-0'));
  expect(asked).toEqual(['stack-0 list']);
});

it('a session that may not look any more costs the others nothing but a look each', async () => {
  const { timers, looks, asked, session } = scene();
  const gone = session('gone', () => false);
  const bad = looks.of('servers')('s0', gone);
  const outcome = expect(bad).rejects.toMatchObject({ code: 'unauthorized' });
  const found = Promise.all(['s0', 's1', 's2', 's3'].map((id) => looks.of('servers')(id, session(`well-${id}`))));
  await timers.advance(30);
  await outcome;
  expect((await found).map((item) => item?.['by'])).toEqual(['well-s0', 'well-s1', 'well-s2', 'well-s3']);
  expect(asked).toEqual(['gone list', 'gone s0', 'well-s1 s1', 'well-s2 s2', 'well-s3 s3', 'well-s0 s0']);
});

it('kinds are looked at apart', async () => {
  const { timers, looks, asked, session } = scene();
  const found = Promise.all(['servers', 'volumes'].flatMap((kind) => ['s1', 's2'].map((id) => looks.of(kind)(id, session(kind)))));
  await timers.advance(30);
  await found;
  expect(asked).toEqual(['servers s1', 'servers s2', 'volumes s1', 'volumes s2']);
});

it('a list that takes long is asked for seldom: a thousand who wait do not ask more often than the service can answer', async () => {
  const { timers, looks, asked, session } = scene();
  const slow = session('slow', () => true, 200);
  for (let ms = 0; ms < 5_000; ms += 10) {
    void looks.of('servers')(`s${(ms / 10) % 10}`, slow);
    await timers.advance(10);
  }
  expect(asked.filter((one) => one === 'slow list').length).toBeLessThan(12);
});
