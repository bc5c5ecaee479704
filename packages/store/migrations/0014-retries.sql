-- Steps that are tried again within their traversal, and what a resource hands over to the one that takes its place.
alter table resource add column retry json;
alter table resource add column hand_over text check (hand_over in ('giving', 'given', 'taking'));
