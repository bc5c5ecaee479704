-- Once a day somebody looks whether anything points nowhere.
insert into chore (id, name, due_at) values (gen_random_uuid(), 'integrity', now() + interval '2 minutes');
