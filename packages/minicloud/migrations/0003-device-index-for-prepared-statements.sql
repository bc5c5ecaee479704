-- A prepared statement has its collection as a value, so an index for one collection alone is of no use to it.
drop index minicloud.port_by_device;
create index object_by_device on minicloud.object (collection, (body ->> 'device_id')) where body ->> 'device_id' is not null;
