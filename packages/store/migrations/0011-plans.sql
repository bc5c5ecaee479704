-- What an update, a creation or a deletion would do, worked out beforehand and kept to be applied as it is. `stack_id` has no foreign key: the stack
-- of a creation is not there yet. Whoever looks after retention removes what has expired.
create table plan (
  id uuid primary key,
  project_id text not null,
  stack_id uuid not null,
  stack_name text not null,
  kind text not null check (kind in ('create', 'update', 'delete')),
  made_at timestamptz not null,
  expires_at timestamptz not null,
  applied_at timestamptz,
  -- Encrypted JSON: the definition, what the plan rests on, and the changes.
  content bytea not null
);
create index plan_by_stack on plan (stack_id, made_at);
create index plan_by_project on plan (project_id, made_at);
create index plan_expired on plan (expires_at);
