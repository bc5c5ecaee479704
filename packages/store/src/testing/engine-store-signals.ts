/** The part of the engine store's contract that is about signals: their order, one for each key, forgotten by their owner only, gone with their resource. */
import { Failure, type ResourceId, type StackId } from '@hearth/kernel';
import type { ResourceRecord } from '../records.ts';
import type { SignalRecord } from '../signal-record.ts';
import { EMPTY, type Suite } from './engine-store-suite.ts';
import { sampleResource } from './sample-records.ts';

export function signalTests({ test, expect, use, owned }: Suite): void {
  const told = async (row: ResourceRecord, key: string | null, said: string): Promise<void> =>
    use().signal(row.stackId, { resourceId: row.id, key, body: { said }, at: 1_000 });
  const seen = async (id: ResourceId): Promise<readonly unknown[]> =>
    (await use().store.signals(id)).map(({ key, body, at }: SignalRecord) => [key, body['said'], at]);
  const withRow = async () => {
    const { stack, fence } = await owned();
    const row = sampleResource(stack.id as StackId);
    await use().store.commit(fence, { ...EMPTY, resources: [row] });
    return { stack, fence, row };
  };

  test('signals are read in the order in which they came; one of the same key stands in for the one before', async () => {
    const { row } = await withRow();
    expect(await seen(row.id)).toEqual([]);
    await told(row, 'b', 'first');
    await told(row, 'a', 'second');
    await told(row, null, 'own');
    await told(row, 'b', 'again');
    await told(row, null, 'own');
    expect(await seen(row.id)).toEqual([
      ['b', 'again', 1_000],
      ['a', 'second', 1_000],
      [null, 'own', 1_000],
      [null, 'own', 1_000],
    ]);
  });

  test('signals stay when their row is written again, and go with it', async () => {
    const { fence, row } = await withRow();
    await told(row, 'a', 'x');
    await use().store.commit(fence, { ...EMPTY, resources: [{ ...row, status: 'COMPLETE', phase: null }] });
    expect(await seen(row.id)).toEqual([['a', 'x', 1_000]]);
    await use().store.commit(fence, { ...EMPTY, removed: [row.id] });
    expect(await seen(row.id)).toEqual([]);
  });

  test('only the owner forgets signals, and only those of its stack', async () => {
    const { fence, row } = await withRow();
    const other = await owned();
    await told(row, 'a', 'x');
    await use().store.forgetSignals(other.fence, row.id);
    const stale = use().store.forgetSignals({ ...fence, epoch: fence.epoch - 1 }, row.id);
    expect(await stale.catch((error: unknown) => (error instanceof Failure ? error.code : error))).toBe('lease-lost');
    expect(await seen(row.id)).toEqual([['a', 'x', 1_000]]);
    await use().store.forgetSignals(fence, row.id);
    expect(await seen(row.id)).toEqual([]);
  });
}
