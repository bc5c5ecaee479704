-- The orchestration schema: stacks, their definitions, resources, events and credentials, and who may act on them.
-- Columns of type bytea hold encrypted JSON (see src/secret-box.ts).

create table setting (
  name text primary key,
  value text not null
);

-- A process that may own rows. Its lease is one row, renewed by a heartbeat; whatever it owns is free once the lease has passed.
create table lease_holder (
  id uuid primary key,
  name text not null,
  started_at timestamptz not null default now(),
  renewed_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table credential (
  id uuid primary key,
  project_id text not null,
  kind text not null check (kind in ('trust')),
  data bytea not null,
  created_at timestamptz not null default now()
);

create table stack (
  id uuid primary key,
  project_id text not null,
  name text not null,
  parent_id uuid references stack (id),
  description text not null,
  action text not null,
  status text not null check (status in ('IN_PROGRESS', 'COMPLETE', 'FAILED')),
  status_reason text not null,
  target_definition_id uuid,
  definition_id uuid not null,
  rollback_definition_id uuid,
  traversal integer not null,
  timeout_mins integer not null,
  disable_rollback boolean not null,
  tags text[],
  owner_name text not null,
  user_id text not null,
  credential_id uuid references credential (id),
  created_at timestamptz not null,
  updated_at timestamptz,
  deleted_at timestamptz,
  deadline_at timestamptz,
  -- Wake-up and ownership. Due: due_at has come and nobody owns it, or the lease of its owner has passed.
  wake_version bigint not null default 1,
  due_at timestamptz,
  holder_id uuid,
  epoch bigint not null default 0
);
create unique index stack_name_taken on stack (project_id, name) where deleted_at is null and parent_id is null;
create index stack_by_project on stack (project_id, created_at desc, id);
create index stack_by_parent on stack (parent_id) where parent_id is not null;
create index stack_due on stack (due_at) where due_at is not null and holder_id is null;
create index stack_held on stack (holder_id) where holder_id is not null;
create index stack_by_credential on stack (credential_id) where credential_id is not null;

create table definition (
  id uuid primary key,
  stack_id uuid not null references stack (id) on delete cascade deferrable initially deferred,
  number integer not null,
  template json not null,
  environment bytea not null,
  files json not null,
  created_at timestamptz not null default now(),
  unique (stack_id, number)
);

create table resource (
  id uuid primary key,
  stack_id uuid not null references stack (id) on delete cascade,
  name text not null,
  type text not null,
  physical_name text not null,
  physical_id text,
  action text not null check (action in ('CREATE', 'UPDATE', 'DELETE')),
  status text not null check (status in ('IN_PROGRESS', 'COMPLETE', 'FAILED')),
  status_reason text not null,
  phase text check (phase in ('calling', 'waiting')),
  requires uuid[] not null,
  replaces uuid,
  replaced_by uuid,
  traversal integer not null,
  digest text,
  properties bytea not null,
  pending bytea,
  uncertain text[] not null,
  attributes bytea,
  data bytea not null,
  metadata json not null,
  deletion_policy text not null check (deletion_policy in ('delete', 'retain', 'snapshot')),
  token json not null,
  attempts integer not null,
  started_at timestamptz not null,
  wake_at timestamptz,
  verify_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((status = 'IN_PROGRESS') = (phase is not null))
);
create index resource_by_stack on resource (stack_id, name);
create index resource_by_physical_id on resource (physical_id) where physical_id is not null;

-- Append-only and written in bulk, so as light as can be: no foreign key, because the row of the stack is locked by whoever tells its
-- events and stays when the stack is deleted. Whoever removes a stack's row removes its events too.
create table event (
  sequence bigint generated always as identity,
  id uuid not null unique,
  stack_id uuid not null,
  resource_name text not null,
  resource_type text not null,
  physical_id text,
  action text not null,
  status text not null,
  reason text not null,
  at timestamptz not null,
  primary key (stack_id, sequence)
);
