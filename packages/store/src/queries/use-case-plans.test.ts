/** Lists and look-ups of the use cases go by an index, however many stacks, resources and events there are. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asId, type ProjectId, type StackId } from '@hearth/kernel';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import type { Statement } from '../database.ts';
import { listExportsStatement } from './stack-exports.ts';
import { listEventsStatement } from './list-events.ts';
import { passedStacksStatement, purgeEventsStatement, purgeStacksStatement } from './purge-stacks.ts';
import { listSoftwareConfigsStatement } from './list-software-configs.ts';
import { readEventsStatement, type EventReach } from './read-events.ts';
import { listStacksStatement, type StackPage } from './list-stacks.ts';
import type { StackFilter } from './stack-filter.ts';
import { trimEventsStatement } from './trim-events.ts';

let db: TestDatabase;
const stackId = asId<StackId>(randomUUID());

beforeAll(async () => {
  db = await testDatabase();
  const run = (text: string, values: readonly unknown[] = []) => db.database.query({ text, values });
  await run(
    `insert into stack (id, root_id, project_id, name, description, action, status, status_reason, definition_id, traversal, timeout_mins, disable_rollback, owner_name, user_id, created_at)
      select id, id, 'p' || (i % 200), 's' || i, '', 'CREATE', 'COMPLETE', '', gen_random_uuid(), 1, 60, true, 'o', 'u', now() - make_interval(secs => i)
      from (select i, case when i = 1 then $1::uuid else gen_random_uuid() end as id from generate_series(1, 20000) i) of`,
    [stackId],
  );
  await run(
    `insert into stack (id, root_id, project_id, name, description, action, status, status_reason, definition_id, traversal, timeout_mins, disable_rollback, owner_name, user_id, created_at, deleted_at)
      select id, id, 'gone', 'd' || i, '', 'DELETE', 'COMPLETE', '', gen_random_uuid(), 1, 60, true, 'o', 'u', now(), now() - make_interval(days => i)
      from (select i, gen_random_uuid() as id from generate_series(1, 2000) i) of`,
  );
  await run(`insert into credential (id, project_id, kind, data) select gen_random_uuid(), 'p', 'trust', '' from generate_series(1, 5000)`);
  await run(
    `insert into event (id, stack_id, root_id, project_id, resource_name, resource_type, action, status, reason, at)
      select gen_random_uuid(), s.id, s.id, s.project_id, 'r', 't', 'CREATE', 'COMPLETE', '', now()
      from (select id, project_id from stack limit 1000) s, generate_series(1, 20)`,
  );
  await run(
    `insert into resource (id, stack_id, name, type, handler, physical_name, action, status, status_reason, requires, traversal, uncertain, properties, data, metadata, deletion_policy, token, attempts, started_at, created_at, updated_at)
      select gen_random_uuid(), s.id, 'r' || i, 't', 't', 'p', 'CREATE', 'COMPLETE', '', '{}', 1, '{}', '', '', '{}', 'delete', 'null', 1, now(), now(), now()
      from (select id from stack limit 1000) s, generate_series(1, 20) i`,
  );
  await run(
    `insert into software_config (id, project_id, content, created_at)
      select gen_random_uuid(), 'p' || (i % 200), '', now() - make_interval(secs => i) from generate_series(1, 20000) i`,
  );
  await run(
    `insert into definition (id, stack_id, number, template_id, environment) select definition_id, id, 1, sha256(id::text::bytea), '' from stack`,
  );
  await run(
    `insert into stack_export (definition_id, stack_id, project_id, name, output) select definition_id, id, project_id, name, 'o' from stack`,
  );
  await run('analyze');
});
afterAll(() => db.drop());

async function plan(statement: Statement): Promise<string> {
  const rows = await db.database.query<{ 'QUERY PLAN': string }>({ text: `explain ${statement.text}`, values: statement.values });
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const FILTER: StackFilter = {
  projectId: asId<ProjectId>('p1'),
  equals: {},
  states: [],
  tagsAll: [],
  tagsAny: [],
  notTagsAll: [],
  notTagsAny: [],
  showsDeleted: false,
  showsNested: false,
};
const reachOf = (kind: EventReach['kind']): EventReach =>
  kind === 'project' || kind === 'roots' ? { kind, projectId: FILTER.projectId } : { kind, rootId: stackId, stackId };
const NEWEST: StackPage['sort'] = [{ key: 'createdAt', descending: true }];

test.each<[string, () => Statement]>([
  ['the exports of a project', () => listExportsStatement(asId<ProjectId>('p1'), { limit: 100, after: null })],
  ['the first page of stacks', () => listStacksStatement(FILTER, { limit: 20, marker: null, sort: NEWEST })],
  ['a later page of stacks', () => listStacksStatement(FILTER, { limit: 20, marker: randomUUID(), sort: NEWEST })],
  [
    'stacks by status',
    () =>
      listStacksStatement(
        { ...FILTER, states: [{ action: null, status: 'FAILED' }] },
        { limit: 20, marker: null, sort: [{ key: 'name', descending: false }] },
      ),
  ],
  ['stacks by name', () => listStacksStatement({ ...FILTER, equals: { name: ['s1'] } }, { limit: 20, marker: null, sort: NEWEST })],
  [
    'a stack by name',
    () => ({
      text: `select id from stack where project_id = $1 and name = $2 and deleted_at is null order by parent_id nulls first limit 1`,
      values: ['p1', 's1'],
    }),
  ],
  [
    'the newest events',
    () =>
      listEventsStatement(
        { stackIds: [stackId], resourceNames: null, resourceTypes: null, actions: null, statuses: null },
        { limit: 20, marker: null, sort: [{ key: 'time', descending: true }] },
        null,
      ),
  ],
  [
    'events of a resource',
    () =>
      listEventsStatement(
        { stackIds: [stackId], resourceNames: ['r'], resourceTypes: null, actions: null, statuses: null },
        { limit: 20, marker: null, sort: [{ key: 'time', descending: true }] },
        null,
      ),
  ],
  ...(['tree', 'subtree', 'stack', 'project', 'roots'] as const).map((kind): [string, () => Statement] => [
    `what a stream reads: ${kind}`,
    () => readEventsStatement(reachOf(kind), { xid: '5', sequence: 1 }, 200, null),
  ]),
  ['an event by id', () => ({ text: 'select id from event where id = $1::uuid and stack_id = $2', values: [randomUUID(), stackId] })],
  ['resources of a stack', () => ({ text: 'select id from resource where stack_id = $1 order by created_at, id', values: [stackId] })],
  [
    'rows of a name',
    () => ({ text: 'select id from resource where stack_id = $1 and name = $2 order by created_at, id', values: [stackId, 'r1'] }),
  ],
  [
    'the count of live stacks',
    () => ({ text: 'select count(*) from stack where project_id = $1 and deleted_at is null and parent_id is null', values: ['p1'] }),
  ],
  ['software configs', () => listSoftwareConfigsStatement(FILTER.projectId, { limit: 20, marker: null })],
  ['a later page of software configs', () => listSoftwareConfigsStatement(FILTER.projectId, { limit: 20, marker: randomUUID() })],
  ['deleted stacks that have been kept long enough', () => passedStacksStatement(90, 50)],
  ['events of stacks that go', () => purgeEventsStatement([stackId, asId<StackId>(randomUUID())], 2_000)],
  ['stacks that go', () => purgeStacksStatement([stackId])],
  ['events beyond those that are kept', () => trimEventsStatement({ newest: 10, days: 1 }, { after: stackId, stacks: 50, events: 1_000 })],
])('%s: by an index', async (_what, statement) => {
  const text = await plan(statement());
  expect(text).toMatch(/Index (Only )?Scan/);
  expect(text).not.toMatch(/Seq Scan/);
});

test('the first page of stacks is read in the order of the index, not sorted', async () => {
  const text = await plan(listStacksStatement(FILTER, { limit: 20, marker: null, sort: NEWEST }));
  expect(text).toContain('stack_by_project');
  expect(text).not.toMatch(/Sort/);
});
