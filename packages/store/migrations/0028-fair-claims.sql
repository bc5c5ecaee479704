-- What is due of each project by itself: a project that has enough under way is passed over without going through all that it has waiting.
create index stack_due_by_project on stack (project_id, due_at) where due_at is not null and holder_id is null;
