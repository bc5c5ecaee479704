-- The keys that secret columns are sealed with, by their fingerprints; the keys themselves are never here.
create table secret_key (
  id text primary key,
  -- announced: processes learn of it, and seal nothing with it yet. primary: sealed with. former: opened only. retired: not needed any more.
  state text not null check (state in ('announced', 'primary', 'former', 'retired')),
  made_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  -- Of a former key: since when nothing sealed with it was found in the whole database.
  unused_at timestamptz
);
create unique index secret_key_primary on secret_key (state) where state = 'primary';
create unique index secret_key_announced on secret_key (state) where state = 'announced';
insert into secret_key (id, state) select value, 'primary' from setting where name = 'secret-key-fingerprint';
delete from setting where name = 'secret-key-fingerprint';

-- The processes that open and seal: which keys each has, and which it seals with. One that has not been seen for a while does not count.
create table key_user (
  id uuid primary key,
  name text not null,
  key_ids text[] not null,
  seals_with text not null,
  seen_at timestamptz not null
);

-- What is sealed with a former key is sealed anew.
insert into chore (id, name, due_at) values (gen_random_uuid(), 'keys', now() + interval '3 minutes');
