-- What stacks export to others of their project, and what they import. Both hang on a definition, so that a stack keeps what it may be rolled
-- back to, and both go with it. Values are not kept: an export's value is that of the output it names.
create table stack_export (
  definition_id uuid not null references definition (id) on delete cascade,
  stack_id uuid not null,
  project_id text not null,
  name text not null,
  output text not null,
  primary key (definition_id, name)
);
create index stack_export_by_name on stack_export (project_id, name);
create index stack_export_by_stack on stack_export (stack_id);

create table stack_import (
  definition_id uuid not null references definition (id) on delete cascade,
  stack_id uuid not null,
  project_id text not null,
  name text not null,
  primary key (definition_id, name)
);
create index stack_import_by_name on stack_import (project_id, name);
