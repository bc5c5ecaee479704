-- Delegations that are asked for, for stacks that are not written yet. A row goes in the commit that writes the stack; what stays was asked for by a
-- process that died, or never got its answer: what came of it is looked for, and ended.
create table delegation_intent (
  id uuid primary key,
  user_id text not null,
  project_id text not null,
  made_at timestamptz not null default now(),
  given_up boolean not null default false
);
insert into chore (id, name, due_at) values (gen_random_uuid(), 'delegations', now() + interval '1 minute');
