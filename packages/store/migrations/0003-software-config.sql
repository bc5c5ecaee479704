-- Software configs: what guests are given to run or read, kept for a project. Never changed, only made and deleted.
-- `mark` names the resource that made one, so that making it again finds it; null for those that users made themselves.

create table software_config (
  id uuid primary key,
  project_id text not null,
  name text,
  group_name text,
  mark text,
  -- Encrypted JSON: config, inputs, outputs, options.
  content bytea not null,
  created_at timestamptz not null
);
create unique index software_config_mark_taken on software_config (project_id, mark) where mark is not null;
create index software_config_by_project on software_config (project_id, created_at desc, id desc);
