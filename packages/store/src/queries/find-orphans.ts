/**
 * Rows that name something that is not there, or that nothing leads to any more. There must be none; what foreign keys see to is not looked at.
 * `requires`, `replaces` and `replaced_by` of resources tell where a row came from and may name rows that have gone. Reads whole tables.
 */
import type { Queryable } from '../database.ts';

export interface Orphan {
  /** What is wrong, e.g. `event of no stack`. */
  readonly what: string;
  readonly id: string;
}

const CHECKS: readonly (readonly [string, string])[] = [
  ['event of no stack', 'select e.id from event e where not exists (select from stack s where s.id = e.stack_id)'],
  [
    "event under another root or project than its stack's",
    'select e.id from event e join stack s on s.id = e.stack_id where e.root_id <> s.root_id or e.project_id <> s.project_id',
  ],
  [
    'stack without its root',
    'select s.id from stack s where not exists (select from stack r where r.id = s.root_id and r.parent_id is null)',
  ],
  ["stack outside its parent's tree", 'select s.id from stack s join stack p on p.id = s.parent_id where s.root_id <> p.root_id'],
  [
    'stack without a definition that it names',
    `select s.id from stack s cross join lateral unnest(array[s.definition_id, s.target_definition_id, s.rollback_definition_id]) as named (id)
     where named.id is not null and not exists (select from definition d where d.id = named.id and d.stack_id = s.id)`,
  ],
  ['credential that no stack uses', 'select c.id from credential c where not exists (select from stack s where s.credential_id = c.id)'],
  [
    'definition without its template or files',
    `select d.id from definition d cross join lateral unnest(array[d.template_id, d.files_id]) as named (id)
     where named.id is not null and not exists (select from content c where c.id = named.id)`,
  ],
  [
    'signal to a resource of another stack',
    'select g.id from signal g join resource r on r.id = g.resource_id where r.stack_id <> g.stack_id',
  ],
  [
    'export of another stack than its definition',
    'select e.definition_id as id from stack_export e join definition d on d.id = e.definition_id where d.stack_id <> e.stack_id',
  ],
  [
    'import of another stack than its definition',
    'select i.definition_id as id from stack_import i join definition d on d.id = i.definition_id where d.stack_id <> i.stack_id',
  ],
];

/** At most `limit`; none when all is well. */
export function findOrphans(db: Queryable, limit = 100): Promise<readonly Orphan[]> {
  const found = CHECKS.map(([, query], index) => `select $${index + 2}::text as what, id::text from (${query}) found${index}`);
  return db.query<Orphan>({ text: `${found.join(' union all ')} limit $1`, values: [limit, ...CHECKS.map(([what]) => what)] });
}
