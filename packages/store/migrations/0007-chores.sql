-- Work that comes back and is nobody's in particular: whichever process finds a row due does it. `place` is how far it has got.
create table chore (
  id uuid primary key,
  name text not null unique,
  place text,
  due_at timestamptz,
  holder_id uuid,
  epoch bigint not null default 0,
  wake_version bigint not null default 1
);
create index chore_due on chore (due_at) where due_at is not null and holder_id is null;
create index chore_held on chore (holder_id) where holder_id is not null;
insert into chore (id, name, due_at) values (gen_random_uuid(), 'retention', now() + interval '1 minute');

-- Deleted stacks in the order in which they go.
create index stack_deleted on stack (deleted_at) where deleted_at is not null;
