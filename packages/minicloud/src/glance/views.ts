/** How images, members and tasks look to clients. */
import type { JsonObject } from '@hearth/kernel';
import type { Document } from '../store/documents.ts';
import type { Image } from './access.ts';
import { STORE } from './state.ts';

export const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export function imageView(image: Image, isForAdmin = false): JsonObject {
  const { body } = image;
  // Where the data of a deactivated image lies is for administrators.
  const isStored = body.status === 'active' || (isForAdmin && body.status === 'deactivated');
  return {
    ...body.extra,
    name: body.name,
    disk_format: body.disk_format,
    container_format: body.container_format,
    visibility: body.visibility,
    size: body.size,
    ...(isStored ? { stores: STORE } : {}),
    virtual_size: body.virtual_size ?? (body.status === 'active' ? body.size : null),
    status: body.status,
    checksum: body.checksum,
    protected: body.protected,
    min_ram: body.min_ram,
    min_disk: body.min_disk,
    owner: image.projectId,
    os_hidden: body.os_hidden,
    os_hash_algo: body.os_hash_value === null ? null : 'sha512',
    os_hash_value: body.os_hash_value,
    id: image.id,
    created_at: instant(image.createdMs),
    updated_at: instant(image.updatedMs),
    tags: body.tags,
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
  };
}

export type MemberBody = { readonly status: string };
export const memberView = (member: Document<MemberBody>): JsonObject => ({
  member_id: member.projectId,
  image_id: member.parentId,
  status: member.body.status,
  created_at: instant(member.createdMs),
  updated_at: instant(member.updatedMs),
  schema: '/v2/schemas/member',
});

export type TaskBody = {
  readonly type: 'api_image_import';
  readonly status: 'pending' | 'processing' | 'success' | 'failure';
  readonly input: JsonObject;
  readonly result: JsonObject | null;
  readonly message: string;
  readonly request_id: string;
  readonly user_id: string;
};
const TASK_LIFE_MS = 48 * 3_600_000;
const fine = (ms: number): string => new Date(ms).toISOString().replace(/(\.\d+)Z$/, '$1000');
const isOver = (task: Document<TaskBody>): boolean => task.body.status === 'success' || task.body.status === 'failure';

/** Among an image's tasks. */
export const imageTaskView = (task: Document<TaskBody>): JsonObject => ({
  id: task.id,
  type: task.body.type,
  status: task.body.status,
  owner: task.projectId,
  expires_at: isOver(task) ? fine(task.updatedMs + TASK_LIFE_MS) : null,
  created_at: fine(task.createdMs),
  updated_at: fine(task.updatedMs),
  deleted_at: null,
  deleted: false,
  image_id: task.parentId,
  request_id: task.body.request_id,
  user_id: task.body.user_id,
  input: task.body.input,
  result: task.body.result,
  message: task.body.message,
});

/** In the administrators' list. */
export const taskView = (task: Document<TaskBody>): JsonObject => ({
  id: task.id,
  type: task.body.type,
  status: task.body.status,
  owner: task.projectId,
  created_at: instant(task.createdMs),
  updated_at: instant(task.updatedMs),
  self: `/v2/tasks/${task.id}`,
  schema: '/v2/schemas/task',
  ...(isOver(task) ? { expires_at: instant(task.updatedMs + TASK_LIFE_MS) } : {}),
});

export const wholeTaskView = (task: Document<TaskBody>): JsonObject => ({
  ...taskView(task),
  input: task.body.input,
  result: task.body.result,
  message: task.body.message,
  image_id: task.parentId,
  request_id: task.body.request_id,
  user_id: task.body.user_id,
});
