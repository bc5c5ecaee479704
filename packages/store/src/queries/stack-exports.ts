/** Exports and imports between the stacks of a project. Stacks that are deleted neither export nor import. */
import type { DefinitionId, ProjectId, StackId } from '@hearth/kernel';
import type { Queryable, Statement } from '../database.ts';
import type { Row } from '../row-mapping.ts';

/** An output of a live stack's present definition, under the name that others know it by. */
export interface ExportRecord {
  readonly name: string;
  readonly output: string;
  readonly stackId: StackId;
  readonly stackName: string;
  /** The stack is being deleted, or was to be. */
  readonly isLeaving: boolean;
}
/** A live stack that imports a name. */
export interface ImportRecord {
  readonly name: string;
  readonly stackId: StackId;
  readonly stackName: string;
}

const exportFromRow = (row: Row): ExportRecord => ({
  name: row['name'] as string,
  output: row['output'] as string,
  stackId: row['stack_id'] as StackId,
  stackName: row['stack_name'] as string,
  isLeaving: row['action'] === 'DELETE',
});
const importFromRow = (row: Row): ImportRecord => ({
  name: row['name'] as string,
  stackId: row['stack_id'] as StackId,
  stackName: row['stack_name'] as string,
});

/** Versions of the past hold nothing: what counts is what the stack is, is to be, or would be rolled back to. */
const isNamed = (row: string): string => `${row}.definition_id in (s.definition_id, s.target_definition_id, s.rollback_definition_id)`;

/** Those of the names that somebody exports now. */
export async function findExports(db: Queryable, projectId: ProjectId, names: readonly string[]): Promise<readonly ExportRecord[]> {
  const rows = await db.query<Row>({
    name: 'find-exports',
    text: `select e.name, e.output, e.stack_id, s.name as stack_name, s.action from stack_export e join stack s on s.id = e.stack_id and s.definition_id = e.definition_id
      where e.project_id = $1 and e.name = any ($2::text[]) and s.deleted_at is null`,
    values: [projectId, names],
  });
  return rows.map(exportFromRow);
}

export interface ExportPage {
  readonly limit: number;
  /** Names after this one. */
  readonly after: string | null;
}
export const listExportsStatement = (projectId: ProjectId, { limit, after }: ExportPage): Statement => ({
  name: 'list-exports',
  text: `select e.name, e.output, e.stack_id, s.name as stack_name, s.action from stack_export e join stack s on s.id = e.stack_id and s.definition_id = e.definition_id
    where e.project_id = $1 and ($2::text is null or e.name > $2) and s.deleted_at is null order by e.name limit $3`,
  values: [projectId, after, limit],
});
/** By name, those of present definitions. */
export async function listExports(db: Queryable, projectId: ProjectId, page: ExportPage): Promise<readonly ExportRecord[]> {
  return (await db.query<Row>(listExportsStatement(projectId, page))).map(exportFromRow);
}

/** Those of the names that another live stack holds, for now or to be rolled back to. */
export async function findHeldExports(
  db: Queryable,
  projectId: ProjectId,
  names: readonly string[],
  except: StackId,
): Promise<readonly ExportRecord[]> {
  const rows = await db.query<Row>({
    name: 'find-held-exports',
    text: `select e.name, e.output, e.stack_id, s.name as stack_name, s.action from stack_export e join stack s on s.id = e.stack_id
      where e.project_id = $1 and e.name = any ($2::text[]) and e.stack_id <> $3 and s.deleted_at is null and ${isNamed('e')} order by e.name`,
    values: [projectId, names, except],
  });
  return rows.map(exportFromRow);
}

/** Other live stacks that import any of the names. */
export async function findImporters(
  db: Queryable,
  projectId: ProjectId,
  names: readonly string[],
  except: StackId | null,
): Promise<readonly ImportRecord[]> {
  const rows = await db.query<Row>({
    name: 'find-importers',
    text: `select distinct i.name, i.stack_id, s.name as stack_name from stack_import i join stack s on s.id = i.stack_id
      where i.project_id = $1 and i.name = any ($2::text[]) and i.stack_id is distinct from $3 and s.deleted_at is null and ${isNamed('i')}
      order by i.name, s.name, i.stack_id`,
    values: [projectId, names, except],
  });
  return rows.map(importFromRow);
}

/** Names that the stack holds. */
export async function exportNamesOf(db: Queryable, stackId: StackId): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>({
    name: 'export-names-of',
    text: `select distinct e.name from stack_export e join stack s on s.id = e.stack_id where e.stack_id = $1 and ${isNamed('e')} order by e.name`,
    values: [stackId],
  });
  return rows.map(({ name }) => name);
}

export interface NewExchange {
  readonly definitionId: DefinitionId;
  readonly stackId: StackId;
  readonly projectId: ProjectId;
  /** Export names, each with the name of its output. */
  readonly exports: ReadonlyMap<string, string>;
  readonly imports: readonly string[];
}

/** Part of the transaction that writes the definition; the caller holds the project's lock and has checked that the names are free. */
export async function insertExchange(tx: Queryable, { definitionId, stackId, projectId, exports, imports }: NewExchange): Promise<void> {
  if (exports.size > 0)
    await tx.query({
      name: 'insert-exports',
      text: `insert into stack_export (definition_id, stack_id, project_id, name, output)
        select $1, $2, $3, name, output from unnest($4::text[], $5::text[]) as given (name, output)`,
      values: [definitionId, stackId, projectId, [...exports.keys()], [...exports.values()]],
    });
  if (imports.length > 0)
    await tx.query({
      name: 'insert-imports',
      text: 'insert into stack_import (definition_id, stack_id, project_id, name) select $1, $2, $3, unnest($4::text[])',
      values: [definitionId, stackId, projectId, imports],
    });
}
