-- The mini-cloud's own schema: every service's objects as JSON documents with the columns that lists and checks need,
-- claims (values that may be taken once: addresses, names), and settings (keys, ids fixed at the first start).
create schema if not exists minicloud;

create table minicloud.setting (
  name text primary key,
  value text not null
);

create table minicloud.object (
  collection text not null,
  id text not null,
  seq bigint generated always as identity,
  project_id text,
  name text,
  parent_id text,
  revision integer not null default 0,
  -- Milliseconds since 1970 by the mini-cloud's clock, which tests may drive.
  created_ms bigint not null,
  updated_ms bigint not null,
  body jsonb not null,
  primary key (collection, id)
);
create index object_by_project on minicloud.object (collection, project_id, seq);
create index object_by_name on minicloud.object (collection, name);
create index object_by_parent on minicloud.object (collection, parent_id) where parent_id is not null;
create index object_by_sequence on minicloud.object (collection, seq);

create table minicloud.claim (
  space text not null,
  value text not null,
  owner text not null,
  primary key (space, value)
);
create index claim_by_owner on minicloud.claim (owner);

-- Bytes too large for a document: image data and the like.
create table minicloud.blob (
  id text primary key,
  bytes bytea not null
);
alter table minicloud.blob alter column bytes set storage external;
