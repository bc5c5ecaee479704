/** Calls of several projects: even turns, and places that no one project can have. */
import { describe, expect, it } from 'vitest';
import { callLimit } from './call-limit.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function heldCalls(most: number) {
  const limit = callLimit(most);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const call = (share: readonly string[]): void => {
    void limit.run(() => {
      begun.push(share.join('/'));
      return new Promise<void>((resolve) => ends.push(resolve));
    }, share);
  };
  const end = (n: number): void => {
    for (const one of ends.splice(0, n)) one();
  };
  return { call, begun, end };
}

describe('calls of several projects', () => {
  it('no project has all places, even when nobody else is there', async () => {
    const { call, begun, end } = heldCalls(8);
    for (let i = 0; i < 20; i++) call(['big', 's']);
    await settled();
    expect(begun).toHaveLength(6);
    call(['small', 's']);
    await settled();
    expect(begun.at(-1)).toBe('small/s');
    end(7);
    await settled();
    expect(begun).toHaveLength(13);
  });

  it('who comes late to a long queue has the next turn; stacks of one project share its turns', async () => {
    const { call, begun, end } = heldCalls(2);
    for (let i = 0; i < 50; i++) call(['big', 'one']);
    call(['big', 'two']);
    for (let i = 0; i < 3; i++) call(['small', 'one']);
    await settled();
    begun.length = 0;
    for (let i = 0; i < 7; i++) {
      end(1);
      await settled();
    }
    expect(begun).toEqual(['big/one', 'small/one', 'big/two', 'small/one', 'big/one', 'small/one', 'big/one']);
  });
});
