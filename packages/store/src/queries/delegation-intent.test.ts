/** Delegations between their intent and their stack, on a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { testDatabase } from '@hearth/testkit';
import { afterAll, expect, test } from 'vitest';
import { forgetDelegation, giveUpDelegations, noteDelegation, useDelegation } from './delegation-intent.ts';

const place = await testDatabase();
const { database } = place;
afterAll(() => place.drop());

const noted = async () => {
  const intent = { id: randomUUID(), userId: 'user', projectId: 'project' };
  await noteDelegation(database, intent);
  return intent;
};

test('what is used is gone, once', async () => {
  const { id } = await noted();
  expect(await useDelegation(database, id)).toBe(true);
  expect(await useDelegation(database, id)).toBe(false);
});

test('what is given up cannot be used, and is told until it is forgotten', async () => {
  const [old, young] = [await noted(), await noted()];
  await database.query({ text: "update delegation_intent set made_at = now() - interval '1 hour' where id = $1", values: [old.id] });
  expect(await giveUpDelegations(database, 60_000, 10)).toEqual([old]);
  expect(await useDelegation(database, old.id)).toBe(false);
  expect(await giveUpDelegations(database, 60_000, 10)).toEqual([old]);
  await forgetDelegation(database, old.id);
  expect(await giveUpDelegations(database, 60_000, 10)).toEqual([]);
  expect(await useDelegation(database, young.id)).toBe(true);
});

test('a stack that is not written leaves its intent', async () => {
  const { id } = await noted();
  const broken = database.transaction(async (tx) => {
    await useDelegation(tx, id);
    throw new Error('no');
  });
  await expect(broken).rejects.toThrow('no');
  expect(await useDelegation(database, id)).toBe(true);
});
