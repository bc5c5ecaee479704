-- Stacks that are resources of other stacks. A child's id is the id of the resource row that it stands for, so making it twice is making it once.
alter table stack
  add column parent_resource text,
  add column root_id uuid,
  add column depth integer not null default 0;
update stack set root_id = id;
alter table stack alter column root_id set not null;
create index stack_by_root on stack (root_id) where parent_id is not null;

-- The registered type that acts for the resource, where an environment maps the type of the template to another one or to a template.
alter table resource add column handler text;
update resource set handler = type;
alter table resource alter column handler set not null;
