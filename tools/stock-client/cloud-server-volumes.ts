/** The cloud transcript on Nova: servers and the volumes they hold and start from. */
import { type CloudChapter, ID } from './cloud-step.ts';

export const computeVolumesChapter: CloudChapter = {
  name: 'servers with volumes',
  steps: [
    { name: 'network create: for a server with a volume', run: 'network create {tag}-volnet', shows: { id: ID }, keeps: { net: 'id' } },
    {
      name: 'subnet create: for a server with a volume',
      run: 'subnet create --network {net} --subnet-range 10.85.0.0/24 {tag}-volsub',
      shows: { id: ID },
    },
    { name: 'volume create: for a server', run: 'volume create --size 1 {tag}-disk', shows: { id: ID }, keeps: { volume: 'id' } },
    {
      name: 'server create: for a volume',
      run: 'server create --flavor m1.tiny --image testimage --network {net} --wait {tag}-holder',
      shows: { id: ID, status: 'ACTIVE' },
      keeps: { server: 'id' },
    },
    {
      name: 'server add volume',
      run: 'server add volume {server} {volume}',
      shows: { ID: '{volume}', 'Server ID': '{server}', 'Volume ID': '{volume}', Device: /^\/dev\/[sv]d/ },
    },
    { name: 'volume show: in use', run: 'volume show {volume}', shows: { status: 'in-use', attachments: /server_id/ }, eventually: true },
    {
      name: 'volume list: attached to',
      run: 'volume list',
      lists: { columns: ['ID', 'Name', 'Status', 'Size', 'Attached to'], has: { ID: '{volume}', 'Attached to': /server_id/ } },
    },
    {
      name: 'server volume list',
      run: 'server volume list {server}',
      lists: { columns: ['ID', 'Device', 'Server ID', 'Volume ID'], has: { 'Volume ID': '{volume}' } },
    },
    { name: 'server show: with a volume', run: 'server show {server}', shows: { volumes_attached: /[0-9a-f-]{36}/ } },
    { name: 'volume delete: in use', run: 'volume delete {volume}', refuses: /400|Failed to delete|Volume status must be/ },
    { name: 'server add volume: it is in use', run: 'server add volume {server} {volume}', refuses: /400|409|Invalid volume|already/i },
    { name: 'server remove volume', run: 'server remove volume {server} {volume}' },
    {
      name: 'volume show: available again',
      run: 'volume show {volume}',
      shows: { status: 'available', attachments: '[]' },
      eventually: true,
    },
    {
      name: 'server create: from a volume',
      run: 'server create --flavor m1.tiny --image testimage --boot-from-volume 1 --network {net} --wait {tag}-booted',
      shows: { status: 'ACTIVE', image: /booted from volume|^$/, volumes_attached: /[0-9a-f-]{36}/ },
      keeps: { booted: 'id' },
    },
    {
      name: 'server volume list: what it was started from',
      run: 'server volume list {booted}',
      lists: { columns: ['ID', 'Device', 'Server ID', 'Volume ID'], has: { 'Server ID': '{booted}' } },
      keeps: { root: 'Volume ID' },
    },
    { name: 'server delete: both', run: 'server delete --wait {server} {booted}' },
    { name: 'volume delete: no longer in use', run: 'volume delete {volume}' },
    { name: 'volume delete: it outlives the server that was started from it', run: 'volume delete {root}', eventually: true },
    { name: 'network delete: of the server with a volume', run: 'network delete {net}' },
  ],
  sweep: [
    { run: 'server delete --wait {server}' },
    { run: 'server delete --wait {booted}' },
    { run: 'volume delete --force {volume}' },
    { run: 'volume delete --force {root}' },
    { run: 'network delete {net}' },
  ],
};
