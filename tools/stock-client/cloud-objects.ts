/** The cloud transcript on Swift. */
import { type CloudChapter, NUMBER } from './cloud-step.ts';

export const objectChapter: CloudChapter = {
  name: 'objects',
  steps: [
    {
      name: 'container create',
      run: 'container create {tag}-box',
      lists: { columns: ['account', 'container', 'x-trans-id'], has: { container: '{tag}-box' } },
    },
    { name: 'container create: again', run: 'container create {tag}-box', lists: { columns: ['account', 'container', 'x-trans-id'] } },
    {
      name: 'container create: public',
      run: 'container create --public {tag}-open',
      lists: { columns: ['account', 'container', 'x-trans-id'] },
    },
    {
      name: 'container list',
      run: 'container list --long',
      lists: { columns: ['Name', 'Bytes', 'Count'], has: { Name: '{tag}-box', Count: 0 } },
    },
    {
      name: 'object store account show',
      run: 'object store account show',
      shows: { Account: /^AUTH_/, Containers: NUMBER, Objects: NUMBER, Bytes: NUMBER },
    },
    { name: 'object store account set', run: 'object store account set --property {tag}=kept' },
    { name: 'object store account unset', run: 'object store account unset --property {tag}' },
    { name: 'container set', run: 'container set --property colour=red {tag}-box' },
    {
      name: 'container show',
      run: 'container show {tag}-box',
      shows: { account: /^AUTH_/, container: '{tag}-box', object_count: '0', bytes_used: '0', properties: /red/ },
    },
    { name: 'container show: public', run: 'container show {tag}-open', shows: { read_acl: '.r:*,.rlistings' } },
    { name: 'container unset', run: 'container unset --property colour {tag}-box' },
    {
      name: 'object create',
      run: 'object create {tag}-box {folder}/object.txt --name notes/one.txt',
      lists: { columns: ['object', 'container', 'etag'], has: { object: 'notes/one.txt', etag: /^[0-9a-f]{32}$/ } },
    },
    {
      name: 'object create: a second',
      run: 'object create {tag}-box {folder}/object.txt --name two.txt',
      lists: { columns: ['object', 'container', 'etag'] },
    },
    {
      name: 'object list',
      run: 'object list --long {tag}-box',
      lists: { columns: ['Name', 'Bytes', 'Hash', 'Content Type', 'Last Modified'], has: { Name: 'notes/one.txt', Bytes: 21 } },
    },
    {
      name: 'object list: by prefix',
      run: 'object list --prefix notes/ {tag}-box',
      lists: { columns: ['Name'], has: { Name: 'notes/one.txt' }, lacks: { Name: 'two.txt' } },
    },
    {
      name: 'object list: by delimiter',
      run: 'object list --delimiter / --all {tag}-box',
      lists: { columns: ['Name'], has: { Name: 'two.txt' } },
    },
    { name: 'object set', run: 'object set --property author=nobody {tag}-box two.txt' },
    {
      name: 'object show',
      run: 'object show {tag}-box two.txt',
      shows: { object: 'two.txt', 'content-length': '21', etag: /^[0-9a-f]{32}$/, properties: /nobody/ },
    },
    { name: 'object unset', run: 'object unset --property author {tag}-box two.txt' },
    { name: 'object save', run: 'object save --file {folder}/saved.txt {tag}-box two.txt' },
    { name: 'container save', run: 'container save {tag}-box' },
    { name: 'object show: of nothing', run: 'object show {tag}-box three.txt', refuses: /404|Not Found/ },
    { name: 'object delete', run: 'object delete {tag}-box two.txt' },
    { name: 'object delete: it is gone', run: 'object delete {tag}-box two.txt', refuses: /404|Not Found/ },
    { name: 'container delete: it is not empty', run: 'container delete {tag}-box', refuses: /409|Conflict/ },
    { name: 'container show: not for others', run: 'container show {tag}-box', as: 'other', refuses: /404|Not Found/ },
    { name: 'container delete: with what is in it', run: 'container delete --recursive {tag}-box' },
    { name: 'container delete', run: 'container delete {tag}-open' },
    { name: 'container show: it is gone', run: 'container show {tag}-box', refuses: /404|Not Found/ },
  ],
  sweep: [
    { run: 'container delete --recursive {tag}-box', as: 'demo' },
    { run: 'container delete --recursive {tag}-open', as: 'demo' },
  ],
};
