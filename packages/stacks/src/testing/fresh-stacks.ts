/** The use cases new before every test, over one database of the test file's own. Not for what runs outside the test runner. */
import type { Database } from '@hearth/store';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { testStacks, type TestStacks, type TestStacksOptions } from './test-stacks.ts';

type Options = Omit<TestStacksOptions, 'database'>;

export interface FreshStacks extends TestStacks {
  readonly database: Database;
  /** In the middle of a test: other use cases and another sample cloud, over what the database has. */
  renew(options: Options): void;
}

/** Called at the top of a test file or of a `describe`; what it gives is filled before each test. */
export function freshStacks(options: Options = {}): FreshStacks {
  const world = {} as FreshStacks;
  let home: TestDatabase;
  const renew = (wanted: Options): void => {
    const { database } = home;
    Object.assign(world, testStacks({ ...wanted, database }), { database, renew });
  };
  beforeAll(async () => {
    home = await testDatabase({ poolSize: 10 });
  });
  afterAll(() => home.drop());
  beforeEach(async () => {
    await home.database.query({
      text: 'truncate stack, definition, resource, event, credential, lease_holder, snapshot, plan cascade',
      values: [],
    });
    renew(options);
  });
  return world;
}
