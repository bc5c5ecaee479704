-- Actions that change no definition (suspend, resume, check, snapshot), and traversals that were told to stop.
alter table resource drop constraint resource_action_check;
alter table resource add constraint resource_action_check
  check (action in ('CREATE', 'UPDATE', 'DELETE', 'SUSPEND', 'RESUME', 'CHECK', 'SNAPSHOT'));
-- Why the running traversal starts nothing more; the next request clears it.
alter table stack add column halt_reason text;
