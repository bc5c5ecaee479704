-- What resources were told from outside. Only ever added, but for a signal of the same key, which stands in for the one before and keeps its place.
-- Signals go with the resource that they were for.
create table signal (
  sequence bigint generated always as identity primary key,
  id uuid not null unique,
  stack_id uuid not null,
  resource_id uuid not null references resource (id) on delete cascade,
  -- Digest of what makes two signals one; null: each is its own.
  key text,
  -- Encrypted JSON.
  body bytea not null,
  at timestamptz not null,
  unique (resource_id, key)
);
create index signal_by_resource on signal (resource_id, sequence);
