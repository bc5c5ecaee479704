-- Stacks that are made with one token within a short time share a delegation. Once its last stack lets go of it, no other one may take it up.
alter table credential add column retired boolean not null default false;
