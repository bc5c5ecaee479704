-- The bytes of templates and files, once for each content. `id` is a hash of it; what may hold secrets is sealed, and its hash is keyed.
-- Rows are only ever added and removed. Whoever refers to one holds the shared advisory lock of contents until it commits; the removal of
-- what nobody refers to holds the exclusive one (see src/contents). So there are no foreign keys on the hot tables.
create table content (
  id bytea primary key,
  body json,
  sealed bytea,
  created_at timestamptz not null default now(),
  check ((body is null) <> (sealed is null))
);

-- A content that lists others: the files of a definition are an object of names with the ids of their texts.
create table content_part (
  whole_id bytea not null references content (id) on delete cascade,
  part_id bytea not null references content (id),
  primary key (whole_id, part_id)
);
create index content_part_by_part on content_part (part_id);

-- The id of a plain content: SHA-256 of 'hearth content' and its JSON text as it is sent.
create function pg_temp.content_id(body text) returns bytea language sql immutable
  return sha256(convert_to('hearth content' || chr(10) || body, 'UTF8'));

insert into content (id, body)
select distinct on (pg_temp.content_id(template::text)) pg_temp.content_id(template::text), template from definition
on conflict do nothing;

-- json_each cannot go through \u0000, so that is something else meanwhile; \\ too, for its second half is no beginning of \u0000.
create function pg_temp.veiled(body text) returns text language sql immutable
  return replace(replace(body, '\\', '<hearth backslash 5d1f>'), '\u0000', '<hearth nul 5d1f>');
create function pg_temp.unveiled(body text) returns text language sql immutable
  return replace(replace(body, '<hearth nul 5d1f>', '\u0000'), '<hearth backslash 5d1f>', '\\');

create temporary table file_of on commit drop as
select d.id as definition_id, pg_temp.unveiled(to_json(f.key)::text) as name, pg_temp.unveiled(f.value::text) as body,
  pg_temp.content_id(pg_temp.unveiled(f.value::text)) as id
from definition d cross join lateral json_each(pg_temp.veiled(d.files::text)::json) f (key, value);

insert into content (id, body) select distinct on (id) id, body::json from file_of on conflict do nothing;

create temporary table files_of on commit drop as
select definition_id, pg_temp.content_id(listing) as id, listing
from (
  select definition_id, '{' || string_agg(name || ':"' || encode(id, 'hex') || '"', ',' order by name collate "C") || '}' as listing
  from file_of group by definition_id
) listed;

insert into content (id, body) select distinct on (id) id, listing::json from files_of on conflict do nothing;
insert into content_part (whole_id, part_id)
select distinct w.id, f.id from files_of w join file_of f on f.definition_id = w.definition_id on conflict do nothing;

alter table definition add column template_id bytea, add column files_id bytea;
update definition d set template_id = pg_temp.content_id(d.template::text), files_id = (select w.id from files_of w where w.definition_id = d.id);
alter table definition alter column template_id set not null, drop column template, drop column files;
create index definition_by_template on definition (template_id);
create index definition_by_files on definition (files_id) where files_id is not null;
drop function pg_temp.content_id(text);
drop function pg_temp.veiled(text);
drop function pg_temp.unveiled(text);
