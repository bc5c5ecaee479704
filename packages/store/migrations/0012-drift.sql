-- Drift: looks at what is there, by the owner of the stack, and bringing it back.
-- When somebody last wanted the resources looked at, in milliseconds; a row that was looked at for an earlier wish, or none, is looked at again.
alter table stack add column looks_asked_at bigint not null default 0;
-- What a traversal brings back: its number, and the resources (empty: all). Of no other traversal.
alter table stack add column mending json;
-- Minutes from look to look; 0: never; null: as the operator says. And when the next one is.
alter table stack add column drift_every integer check (drift_every >= 0);
alter table stack add column drift_due_at timestamptz;
create index stack_drift_due on stack (drift_due_at) where drift_due_at is not null and deleted_at is null;

alter table resource add column looked_for bigint not null default 0;
-- What the last look found (encrypted).
alter table resource add column drift bytea;
-- Values that users took for good (encrypted). Written by requests alone, never by the owner.
alter table resource add column drift_accepted bytea;

insert into chore (id, name, due_at) values (gen_random_uuid(), 'drift', now() + interval '1 minute');
