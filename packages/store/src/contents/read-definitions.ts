/** Definitions with their templates and files: what this process does not know yet is fetched, all that is missing in one statement. */
import { Bug, type Json, type JsonObject } from '@hearth/kernel';
import type { Queryable, Statement } from '../database.ts';
import type { DefinitionRecord } from '../records.ts';
import { definitionFromRow, type Row } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';
import { sharedContents } from './content-cache.ts';

const NO_FILES: Readonly<Record<string, string>> = {};

/** `statement` selects `DEFINITION_COLUMNS`. */
export async function readDefinitions(db: Queryable, box: SecretBox, statement: Statement): Promise<readonly DefinitionRecord[]> {
  for (let tries = 1; ; tries++) {
    const rows = await db.query<Row>(statement);
    const definitions = await completed(db, box, rows);
    if (definitions !== null) return definitions;
    // Outside a snapshot a definition may go with its contents between the two statements: then it is gone at the second look.
    if (tries === 3) throw new Bug(`a definition names contents that are not there: ${rows.map((row) => row['id']).join(', ')}`);
  }
}

/** Null when a content is not there. */
async function completed(db: Queryable, box: SecretBox, rows: readonly Row[]): Promise<readonly DefinitionRecord[] | null> {
  const found = new Map<string, Json>();
  const wanted = new Set<string>();
  for (const id of rows.flatMap((row) => [hexOf(row['template_id']), hexOf(row['files_id'])])) {
    const known = id === null ? null : sharedContents.get(id);
    if (known === undefined) wanted.add(id as string);
    else if (id !== null && known !== null) found.set(id, known);
  }
  if (wanted.size > 0) await fetchContents(db, box, [...wanted], found);
  const definitions: DefinitionRecord[] = [];
  for (const row of rows) {
    const template = found.get(hexOf(row['template_id']) as string) as JsonObject | undefined;
    const filesId = hexOf(row['files_id']);
    const files = filesId === null ? NO_FILES : (found.get(filesId) as Readonly<Record<string, string>> | undefined);
    if (template === undefined || files === undefined) return null;
    definitions.push(definitionFromRow(row, box, { template, files }));
  }
  return definitions;
}

const hexOf = (id: unknown): string | null => (id === null ? null : (id as Buffer).toString('hex'));

interface Fetched {
  readonly id: Buffer;
  readonly body: Json;
  readonly sealed: Buffer | null;
  readonly size: number;
  /** The listing that this one is a part of; null: asked for itself. */
  readonly whole_id: Buffer | null;
}

const CONTENTS = `
select c.id, c.body, c.sealed, coalesce(octet_length(c.body::text), octet_length(c.sealed)) as size, null::bytea as whole_id
from content c where c.id = any ($1::bytea[])
union all
select c.id, c.body, null, octet_length(c.body::text), p.whole_id
from content_part p join content c on c.id = p.part_id where p.whole_id = any ($1::bytea[])`;

async function fetchContents(db: Queryable, box: SecretBox, ids: readonly string[], found: Map<string, Json>): Promise<void> {
  const rows = await db.query<Fetched>({ name: 'fetch-contents', text: CONTENTS, values: [ids.map((id) => Buffer.from(id, 'hex'))] });
  const texts = new Map<string, Json>();
  const wholes = new Set<string>();
  for (const row of rows) {
    if (row.whole_id === null) continue;
    wholes.add(row.whole_id.toString('hex'));
    const id = row.id.toString('hex');
    texts.set(id, sharedContents.put(id, row.body, row.size));
  }
  for (const row of rows) {
    if (row.whole_id !== null) continue;
    const id = row.id.toString('hex');
    const value =
      row.sealed !== null ? box.open(row.sealed) : wholes.has(id) ? filesOf(row.body as Readonly<Record<string, string>>, texts) : row.body;
    // The texts of files are kept by their own entries: the map of them weighs what its names do.
    found.set(id, sharedContents.put(id, value, row.size));
  }
}

const filesOf = (listing: Readonly<Record<string, string>>, texts: ReadonlyMap<string, Json>): Json =>
  Object.fromEntries(
    Object.entries(listing).map(([name, id]) => {
      const text = texts.get(id);
      if (typeof text !== 'string') throw new Bug(`the file ${name} names a content that is not there: ${id}`);
      return [name, text];
    }),
  );
