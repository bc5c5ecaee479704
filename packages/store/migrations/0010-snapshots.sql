-- Snapshots of stacks. What types keep for them, such as images and backups, are rows of `resource` with the snapshot's id: made, looked for and deleted by the
-- owner of their stack like any resource, but never shown, and kept when the thing they are a copy of, or even its stack, is deleted.
create table snapshot (
  id uuid primary key,
  -- The stack that was asked for it; copies may be of stacks below.
  stack_id uuid not null references stack (id) on delete cascade,
  project_id text not null,
  name text,
  -- DELETE once it is to go: copies first, the row last.
  action text not null check (action in ('CREATE', 'DELETE')),
  status text not null check (status in ('IN_PROGRESS', 'COMPLETE', 'FAILED')),
  status_reason text,
  -- Grows with every request to delete it.
  attempt integer not null default 0,
  -- Encrypted JSON: the definition, and what the resources were.
  data bytea not null,
  created_at timestamptz not null
);
create index snapshot_by_stack on snapshot (stack_id, created_at, id);

alter table resource add column snapshot_id uuid references snapshot (id);
create index resource_by_snapshot on resource (snapshot_id) where snapshot_id is not null;

alter table stack
  -- The snapshot that the running, or last, SNAPSHOT makes.
  add column snapshot_id uuid,
  -- What was adopted is not the stack's own before everything is: until then no deletion touches it.
  add column adopting boolean not null default false;

alter table resource drop constraint resource_action_check;
alter table resource add constraint resource_action_check
  check (action in ('CREATE', 'UPDATE', 'DELETE', 'SUSPEND', 'RESUME', 'CHECK', 'SNAPSHOT', 'ADOPT'));
