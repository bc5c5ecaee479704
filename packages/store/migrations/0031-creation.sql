-- What a creation that may still land was called with, once the row has been given other properties (encrypted).
alter table resource add column creation bytea;
