-- Events in an order that readers can go by. `sequence` is given before a transaction commits, so a lower one may appear after a higher one
-- of another stack. With the id of the writing transaction, a reader knows what cannot be joined any more: everything below the oldest
-- transaction still under way (pg_snapshot_xmin). Readers go by (xid, sequence) and up to there. Events of old are of this transaction.
alter table event
  add column xid xid8 not null default pg_current_xact_id(),
  add column root_id uuid,
  add column project_id text;
update event set root_id = stack.root_id, project_id = stack.project_id from stack where stack.id = event.stack_id;
-- Nobody could ever see events of a stack that is not there.
delete from event where root_id is null;
alter table event
  alter column root_id set not null,
  alter column project_id set not null;
create index event_by_root on event (root_id, xid, sequence);
create index event_by_project on event (project_id, xid, sequence);
