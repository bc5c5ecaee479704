-- What the running traversal of a stack leaves out (see `Exceptions` in src/exceptions.ts); null: nothing.
alter table stack add column exceptions jsonb;

-- What a deletion left in the cloud because it was told to, or because the cloud would not let it go. Kept as long as the row of the stack.
create table leftover (
  id uuid primary key,
  stack_id uuid not null references stack (id) on delete cascade,
  root_id uuid not null,
  project_id text not null,
  resource_name text not null,
  resource_type text not null,
  physical_name text not null,
  physical_id text,
  reason text not null,
  at timestamptz not null
);
create index leftover_by_root on leftover (root_id);
create index leftover_by_stack on leftover (stack_id);
create index leftover_by_project on leftover (project_id, at desc, id);

-- Definitions of the past are kept for a while, as versions of their stack.
alter table definition
  add column made_by text,
  -- The version that this one is a return to.
  add column returns_to integer,
  -- When the stack first was as this one says.
  add column completed_at timestamptz;
