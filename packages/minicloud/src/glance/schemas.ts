/** The JSON schemas that clients ask for to know an image's, member's and task's fields. */
import type { JsonObject } from '@hearth/kernel';
import { json, type Route } from '@hearth/http-kit';
import { settable } from './state.ts';

const UUID = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';
const text = (description: string, more: JsonObject = {}): JsonObject => ({ type: 'string', description, ...more });
const read = (type: string | readonly string[], description: string, more: JsonObject = {}): JsonObject => ({
  type,
  readOnly: true,
  description,
  ...more,
});

export function schemaRoutes(): readonly Route[] {
  const schemas: Readonly<Record<string, JsonObject>> = {
    image: imageSchema(),
    images: listOf('images', imageSchema(), { first: { type: 'string' }, next: { type: 'string' } }),
    member: memberSchema(),
    members: listOf('members', memberSchema(), {}),
    task: taskSchema(),
    tasks: listOf('tasks', taskSchema(), { first: { type: 'string' }, next: { type: 'string' } }),
  };
  return Object.entries(schemas).map(([name, schema]) => ({
    method: 'GET',
    path: `/v2/schemas/${name}`,
    handle: () => json(200, schema),
  }));
}

const listOf = (name: string, items: JsonObject, more: JsonObject): JsonObject => ({
  name,
  properties: { [name]: { type: 'array', items }, ...more, schema: { type: 'string' } },
  links: [
    ...(name === 'members'
      ? []
      : [
          { rel: 'first', href: '{first}' },
          { rel: 'next', href: '{next}' },
        ]),
    { rel: 'describedby', href: '{schema}' },
  ],
});

function imageSchema(): JsonObject {
  const types = { string: 'string', integer: 'integer', boolean: 'boolean', tags: 'array' } as const;
  const own = Object.entries(settable).map(([name, field]) => [
    name,
    {
      type: field.nullable === true ? ['null', types[field.type]] : types[field.type],
      description: field.doc,
      ...(field.maxLength === undefined ? {} : { maxLength: field.maxLength }),
      ...(field.oneOf === undefined ? {} : { enum: field.nullable === true ? [null, ...field.oneOf] : field.oneOf }),
      ...(field.type === 'tags' ? { items: { type: 'string', maxLength: 255 } } : {}),
    },
  ]);
  const statuses = ['queued', 'saving', 'active', 'killed', 'deleted', 'uploading', 'importing', 'pending_delete', 'deactivated'];
  const free = (description: string): JsonObject => ({ type: 'string', description, is_base: false });
  const imageId = (description: string): JsonObject => ({ type: ['null', 'string'], pattern: UUID, description, is_base: false });
  return {
    name: 'image',
    properties: {
      ...Object.fromEntries(own),
      id: text('Identifier of the image.', { pattern: UUID }),
      owner: { type: ['null', 'string'], description: 'Project the image belongs to.', maxLength: 255 },
      status: read('string', 'Whether the data is there.', { enum: statuses }),
      size: read(['null', 'integer'], 'Size of the data in bytes.'),
      virtual_size: read(['null', 'integer'], 'Size of the disk in bytes.'),
      checksum: read(['null', 'string'], 'MD5 of the data.', { maxLength: 32 }),
      os_hash_algo: read(['null', 'string'], 'Algorithm of os_hash_value.', { maxLength: 64 }),
      os_hash_value: read(['null', 'string'], 'Digest of the data.', { maxLength: 128 }),
      created_at: read('string', 'When it was made.'),
      updated_at: read('string', 'When it was last changed.'),
      self: read('string', 'Path of this image.'),
      file: read('string', 'Path of its data.'),
      schema: read('string', 'Path of this schema.'),
      direct_url: read('string', 'Where a store keeps the data.'),
      stores: read('string', 'Stores that have the data.'),
      locations: { type: 'array', items: { type: 'object' }, description: 'Where stores keep the data.' },
      kernel_id: imageId('Image to take as kernel for an AMI.'),
      ramdisk_id: imageId('Image to take as ramdisk for an AMI.'),
      instance_uuid: free('Server the image was made from.'),
      architecture: free('Processor architecture of the system inside.'),
      os_distro: free('Common name of the distribution inside.'),
      os_version: free('Version of the system inside.'),
      description: free('What the image is, for people.'),
    },
    additionalProperties: { type: 'string' },
    links: [
      { rel: 'self', href: '{self}' },
      { rel: 'enclosure', href: '{file}' },
      { rel: 'describedby', href: '{schema}' },
    ],
  };
}

const memberSchema = (): JsonObject => ({
  name: 'member',
  properties: {
    member_id: text('Project that the image is shared with.'),
    image_id: text('The image.', { pattern: UUID }),
    created_at: text('When the project was added.'),
    updated_at: text('When the project last decided.'),
    status: text('What the project decided.', { enum: ['pending', 'accepted', 'rejected'] }),
    schema: { readOnly: true, type: 'string' },
  },
});

const taskSchema = (): JsonObject => ({
  name: 'task',
  properties: {
    id: text('Identifier of the task.', { pattern: UUID }),
    type: text('What is done.', { enum: ['import', 'api_image_import'] }),
    status: text('How far it is.', { enum: ['pending', 'processing', 'success', 'failure'] }),
    input: { type: ['null', 'object'], description: 'What was asked for.' },
    result: { type: ['null', 'object'], description: 'What came out.' },
    owner: text('Project that asked.'),
    message: text('Why it failed, for people.'),
    image_id: text('Image it is about.'),
    request_id: text('Request that began it.'),
    user_id: text('User that asked.'),
    expires_at: { type: ['null', 'string'], description: 'When it may be forgotten.' },
    created_at: text('When it was made.'),
    updated_at: text('When it last changed.'),
    self: { readOnly: true, type: 'string' },
    schema: { readOnly: true, type: 'string' },
  },
});
