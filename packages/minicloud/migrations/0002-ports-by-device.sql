-- Ports are looked up by the server or router they belong to.
create index port_by_device on minicloud.object ((body ->> 'device_id')) where collection = 'neutron.ports';
