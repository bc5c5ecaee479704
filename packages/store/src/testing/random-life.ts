/**
 * A random life of stacks, straight in the store: requests, owners that commit, children, exports, deletions that were long ago.
 * The same seed gives the same life: ids are drawn, too, and stacks are picked in their order.
 */
import { asId, type DefinitionId, type Random, type StackId } from '@hearth/kernel';
import type { Database } from '../database.ts';
import type { ChildWrite, EngineBatch, Fence } from '../engine-store.ts';
import { createEngineStore } from '../engine-store-postgres.ts';
import { insertStack } from '../queries/insert-stack.ts';
import { nextDefinitionNumber, requestUpdate } from '../queries/request-update.ts';
import { insertExchange } from '../queries/stack-exports.ts';
import type { StackRecord } from '../records.ts';
import type { SecretBox } from '../secret-box.ts';
import { newHolderId, sampleCredential, sampleDefinition, sampleEvent, sampleResource, sampleStack } from './sample-records.ts';

const DAY_MS = 86_400_000;
const EMPTY: EngineBatch = { stack: null, resources: [], removed: [], events: [], children: [] };

export interface RandomLife {
  /** Something happens to some stack. */
  step(): Promise<void>;
  /** How often what has happened. */
  told(): Readonly<Record<'created' | 'nested' | 'updated' | 'deleted', number>>;
}

export function randomLife(database: Database, box: SecretBox, random: Random): RandomLife {
  const store = createEngineStore(database, box);
  const count = { created: 0, nested: 0, updated: 0, deleted: 0 };
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random.next() * items.length)];
  const stacks = (where: string): Promise<readonly { id: StackId }[]> =>
    database.query({ text: `select id from stack s where ${where} order by id`, values: [] });

  async function owned(id: StackId, work: (fence: Fence, stack: StackRecord) => Promise<void>): Promise<void> {
    const holderId = newHolderId();
    const rows = await database.query<{ epoch: number }>({
      text: 'update stack set holder_id = $2, epoch = epoch + 1 where id = $1 returning epoch',
      values: [id, holderId],
    });
    const fence = { stackId: id, holderId, epoch: rows[0]?.epoch ?? -1 };
    const found = await store.load(id);
    if (found === null) return;
    await work(fence, found.stack);
    const after = await store.load(id);
    await store.release(fence, after?.stack.wakeVersion ?? 0, null);
  }

  async function create(): Promise<void> {
    const credential = sampleCredential(sampleStack());
    const id = asId<StackId>(random.uuid());
    const stack = sampleStack({ id, credentialId: credential.id, name: `stack-${random.uuid()}` });
    await database.transaction(async (tx) => {
      await insertStack(tx, box, { stack, definition: sampleDefinition(stack), credential, event: sampleEvent(stack.id) });
      await insertExchange(tx, {
        definitionId: stack.definitionId,
        stackId: stack.id,
        projectId: stack.projectId,
        exports: new Map([[stack.name, 'out']]),
        imports: ['other'],
      });
    });
    count.created++;
  }

  /** A resource that is a nested stack: its row and the stack in one commit. */
  const nest = (id: StackId): Promise<void> =>
    owned(id, async (fence, parent) => {
      const childId = asId<StackId>(random.uuid());
      const child = sampleStack({
        id: childId,
        parentId: parent.id,
        parentResource: 'inner',
        rootId: parent.rootId,
        depth: parent.depth + 1,
        credentialId: parent.credentialId,
      });
      const write: ChildWrite = { kind: 'create', stack: child, definition: sampleDefinition(child), event: sampleEvent(childId) };
      const resource = sampleResource(parent.id, { id: asId(childId), name: 'inner' });
      await store.commit(fence, { ...EMPTY, resources: [resource], events: [sampleEvent(parent.id)], children: [write] });
      count.nested++;
    });

  async function update(id: StackId): Promise<void> {
    const definitionId = asId<DefinitionId>(random.uuid());
    await database.transaction(async (tx) => {
      const number = await nextDefinitionNumber(tx, id);
      const patch = { ...sampleStack(), rollbackDefinitionId: null };
      await requestUpdate(tx, box, { ...sampleDefinition(sampleStack({ id })), id: definitionId, number }, patch, sampleEvent(id));
    });
    await owned(id, async (fence) => {
      await store.commit(fence, { ...EMPTY, resources: [sampleResource(id)], events: [sampleEvent(id), sampleEvent(id)] });
      if (random.next() < 0.5) await store.pruneDefinitions(fence, []);
    });
    count.updated++;
  }

  /** What a parent and the child's owner do: the row stays until the child is gone, the credential goes with the last that uses it. */
  const remove = (id: StackId): Promise<void> =>
    owned(id, async (fence, stack) => {
      const rows = (await store.load(id))?.resources ?? [];
      const deletedAt = Date.now() - random.next() * 3 * DAY_MS;
      const patch = { action: 'DELETE', status: 'COMPLETE', deletedAt, targetDefinitionId: null } as const;
      const removed = rows.map((row) => row.id);
      await store.commit(fence, { ...EMPTY, stack: { ifTraversal: stack.traversal, patch }, removed, events: [sampleEvent(id)] });
      if (stack.credentialId !== null && !(await store.letGoOfCredential(fence, stack.credentialId)))
        await store.deleteCredential(fence, stack.credentialId);
      count.deleted++;
    });

  return {
    told: () => ({ ...count }),
    async step() {
      const live = pick(await stacks('deleted_at is null'));
      const leaf = pick(
        await stacks('deleted_at is null and not exists (select from stack c where c.parent_id = s.id and c.deleted_at is null)'),
      );
      const choice = random.next();
      if (live === undefined || leaf === undefined || choice < 0.25) return create();
      if (choice < 0.5) return nest(live.id);
      return choice < 0.75 ? update(live.id) : remove(leaf.id);
    },
  };
}
