/** The bound on calls: never more at once than allowed, in the order they came, whatever becomes of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callLimit } from './call-limit.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Calls that end when the test says so. */
function heldCalls(most: number) {
  const limit = callLimit(most);
  const begun: number[] = [];
  const ends = new Map<number, { readonly resolve: (value: number) => void; readonly reject: (error: Error) => void }>();
  const call = (n: number): Promise<number> =>
    limit.run(() => {
      begun.push(n);
      return new Promise((resolve, reject) => ends.set(n, { resolve, reject }));
    });
  return { call, begun, ends };
}

describe('callLimit', () => {
  it('lets in so many, and the next when one has ended', async () => {
    const { call, begun, ends } = heldCalls(2);
    const calls = [1, 2, 3, 4].map(call);
    await settled();
    expect(begun).toEqual([1, 2]);
    ends.get(2)?.resolve(20);
    expect(await calls[1]).toBe(20);
    await settled();
    expect(begun).toEqual([1, 2, 3]);
    ends.get(1)?.resolve(10);
    await settled();
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('gives the place of a call that threw to the next one', async () => {
    const { call, begun, ends } = heldCalls(1);
    const first = call(1);
    const second = call(2);
    await settled();
    ends.get(1)?.reject(new Error('no luck'));
    await expect(first).rejects.toThrow('no luck');
    await settled();
    expect(begun).toEqual([1, 2]);
    ends.get(2)?.resolve(2);
    expect(await second).toBe(2);
  });

  it('has all places free again once all have ended', async () => {
    const { call, begun, ends } = heldCalls(2);
    const calls = [1, 2, 3].map(call);
    for (let n = 1; n <= 3; n++) {
      await settled();
      ends.get(n)?.resolve(n);
    }
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
    for (const n of [4, 5, 6]) void call(n);
    await settled();
    expect(begun).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps the order and the bound over long queues, whatever fails', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (most, fails) => {
        // Long enough that the queue is compacted on the way.
        const outcomes = Array.from({ length: 2_500 }, (_, n) => fails[n % fails.length] === true);
        const limit = callLimit(most);
        const begun: number[] = [];
        let running = 0;
        let peak = 0;
        const results = await Promise.allSettled(
          outcomes.map((fail, n) =>
            limit.run(async () => {
              begun.push(n);
              peak = Math.max(peak, ++running);
              await Promise.resolve();
              running--;
              if (fail) throw new Error('no luck');
            }),
          ),
        );
        expect(begun).toEqual(outcomes.map((_, n) => n));
        expect(results.map(({ status }) => status === 'rejected')).toEqual(outcomes);
        expect(peak).toBe(most);
      }),
      { numRuns: 10 },
    ));
});
