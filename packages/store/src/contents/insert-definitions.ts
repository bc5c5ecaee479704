/** New definitions with their contents, in one statement: contents that are there already are left alone. */
import type { Queryable } from '../database.ts';
import type { DefinitionRecord } from '../records.ts';
import type { SecretBox } from '../secret-box.ts';
import { REFERRING } from './content-lock.ts';
import { ContentGatherer, type TemplateKind } from './content-rows.ts';

// The checks of foreign keys run at the end of the statement. Everything is joined with the lock, so that nothing is written before it is held.
const TEXT = `
with ${REFERRING}, put as (
  insert into content (id, body, sealed)
  select c.id, c.body::json, c.sealed from referring cross join json_to_recordset($1::json) as c (id bytea, body text, sealed bytea)
  order by c.id on conflict (id) do nothing
), listed as (
  insert into content_part (whole_id, part_id)
  select p.whole_id, p.part_id from referring cross join json_to_recordset($2::json) as p (whole_id bytea, part_id bytea)
  order by p.whole_id, p.part_id on conflict do nothing
)
insert into definition (id, stack_id, number, template_id, environment, files_id)
select d.id, d.stack_id, d.number, d.template_id, d.environment, d.files_id from referring cross join json_to_recordset($3::json) as d (
  id uuid, stack_id uuid, number integer, template_id bytea, environment bytea, files_id bytea)
on conflict (id) do nothing`;

/** Part of a transaction. One that is there already stays as it is. */
export async function insertDefinitions(
  tx: Queryable,
  box: SecretBox,
  definitions: readonly DefinitionRecord[],
  kind: TemplateKind,
): Promise<void> {
  const gatherer = new ContentGatherer(box);
  const rows = definitions.map((definition) => {
    const { templateId, filesId } = gatherer.add(definition, kind);
    return {
      id: definition.id,
      stack_id: definition.stackId,
      number: definition.number,
      template_id: `\\x${templateId}`,
      environment: `\\x${box.seal(definition.environment).toString('hex')}`,
      files_id: filesId === null ? null : `\\x${filesId}`,
    };
  });
  const { contents, parts } = gatherer.rows();
  await tx.query({
    name: 'insert-definitions',
    text: TEXT,
    values: [JSON.stringify(contents), JSON.stringify(parts), JSON.stringify(rows)],
  });
}
