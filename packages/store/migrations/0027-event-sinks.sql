-- Where events are told to: what users' environments name for a stack and all below it, and what the operator has set for all stacks. A sink has a
-- place in the order of events: all before it is delivered. It is claimed like a stack, and moved on when the other side has taken what was sent.
create table event_sink (
  id uuid primary key,
  -- The stack at the top; null: the operator's.
  stack_id uuid references stack (id) on delete cascade,
  -- Which it is among those of its stack: a keyed hash of what it says.
  mark text not null,
  kind text not null check (kind in ('zaqar-queue', 'webhook', 'operator')),
  -- Encrypted JSON: target, ttl, secret.
  detail bytea not null,
  after_xid xid8 not null default pg_current_xact_id(),
  after_sequence bigint not null default 0,
  -- No longer wanted: what happened before this is still delivered.
  ends_xid xid8,
  -- Since when, how often and why the other side has not taken it; null: it has.
  failing_since timestamptz,
  failures integer not null default 0,
  reason text,
  -- Nothing is sent any more, until the stack is updated with it again.
  given_up_at timestamptz,
  delivered bigint not null default 0,
  delivered_at timestamptz,
  due_at timestamptz,
  holder_id uuid,
  epoch bigint not null default 0,
  wake_version bigint not null default 1
);
create unique index event_sink_of_stack on event_sink (stack_id, mark) nulls not distinct;
create index event_sink_due on event_sink (due_at) where due_at is not null and holder_id is null;
create index event_sink_held on event_sink (holder_id) where holder_id is not null;

-- What stacks themselves went through, of all projects.
create index event_of_stacks on event (xid, sequence) where physical_id = stack_id::text;
