/** Stacks that are made with one token act with one delegation, until the last of them has gone; nobody takes up what is about to end. */
import { asId, type CredentialId, Refusal, Secret } from '@hearth/kernel';
import type { StackRecord } from '@hearth/store';
import { describe, expect, test } from 'vitest';
import { sharedDelegations } from './shared-delegations.ts';
import { freshStacks } from './testing/fresh-stacks.ts';
import { sampleCreate, testCaller } from './testing/index.ts';

const caller = testCaller('project-a');

describe('who waits for whom', () => {
  /** Shares as it is told; says what was done. */
  const sharing = (done: string[], name: string, more: { readonly fails?: boolean; readonly isGone?: boolean } = {}) => ({
    newId: () => asId<CredentialId>(name),
    async make(id: CredentialId) {
      await Promise.resolve();
      if (more.fails) throw new Refusal('invalid', 'No', name);
      done.push(`made ${id}`);
      return id;
    },
    async reuse(id: CredentialId) {
      if (more.isGone) return null;
      done.push(`${name} with ${id}`);
      return id;
    },
  });

  test('the first one makes it, all others use it', async () => {
    const done: string[] = [];
    const all = sharedDelegations();
    await Promise.all(['a', 'b', 'c'].map((name) => all.share(caller, 0, sharing(done, name))));
    expect(done).toEqual(['made a', 'b with a', 'c with a']);
  });

  test('when nothing comes of the first one, the next one makes it', async () => {
    const done: string[] = [];
    const all = sharedDelegations();
    const first = all.share(caller, 0, sharing(done, 'a', { fails: true }));
    const others = ['b', 'c'].map((name) => all.share(caller, 0, sharing(done, name)));
    await expect(first).rejects.toThrow('a');
    await Promise.all(others);
    expect(done).toEqual(['made b', 'c with b']);
  });

  test('when it is gone, it is made anew', async () => {
    const done: string[] = [];
    const all = sharedDelegations();
    await all.share(caller, 0, sharing(done, 'a'));
    await all.share(caller, 0, sharing(done, 'b', { isGone: true }));
    await all.share(caller, 0, sharing(done, 'c'));
    expect(done).toEqual(['made a', 'made b', 'c with b']);
  });

  test('minutes later, for another token, or by a trust it is made anew', async () => {
    const done: string[] = [];
    const all = sharedDelegations();
    await all.share(caller, 0, sharing(done, 'a'));
    await all.share(caller, 600_001, sharing(done, 'b'));
    await all.share({ ...caller, token: new Secret('another') }, 600_001, sharing(done, 'c'));
    const trusted = { ...caller, trustId: 'trust' };
    for (const name of ['d', 'e']) await all.share(trusted, 600_001, sharing(done, name));
    expect(done).toEqual(['made a', 'made b', 'made c', 'made d', 'made e']);
  });
});

describe('stacks', () => {
  const world = freshStacks();
  const make = (name: string) =>
    world.stacks.createStack(caller, sampleCreate({ name, template: { heat_template_version: '2018-08-31', resources: {} } }));
  const credentials = async (): Promise<number> => (await world.database.query({ text: 'select id from credential', values: [] })).length;
  const gone = async ({ id, name }: StackRecord) => {
    await world.stacks.deleteStack(caller, { id, name });
    await world.settle();
  };

  test('one ends it with the last of them, and what comes later has one of its own', async () => {
    const [one, two] = (await Promise.all([make('one'), make('two')])) as [StackRecord, StackRecord];
    await world.settle();
    expect([one.credentialId === two.credentialId, world.trusts.size]).toEqual([true, 1]);
    await gone(one);
    expect(await credentials()).toBe(1);
    await gone(two);
    expect(await credentials()).toBe(0);
    const three = await make('three');
    expect([three.credentialId === one.credentialId, world.trusts.size, await credentials()]).toEqual([false, 2, 1]);
  });

  test('what is about to end is not taken up', async () => {
    const one = await make('one');
    await world.settle();
    await world.database.query({ text: 'update credential set retired = true where id = $1', values: [one.credentialId] });
    const two = await make('two');
    expect([two.credentialId === one.credentialId, world.trusts.size]).toEqual([false, 2]);
  });

  test('a creation that is refused leaves what others use', async () => {
    const one = await make('one');
    await expect(make('one')).rejects.toThrow('already exists');
    expect(world.trusts.size).toBe(1);
    const two = await make('two');
    expect(two.credentialId).toBe(one.credentialId);
  });
});
