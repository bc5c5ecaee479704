/** `/hearth/v1` on a free port over use cases with a sample cloud and a database of its own; tokens are the names of who bears them. */
import { createListener, type Identity } from '@hearth/http-kit';
import { revealSecret, type Secret, silentLog } from '@hearth/kernel';
import { eventFeed } from '@hearth/stacks';
import { testStacks, type TestStacks } from '@hearth/stacks/testing';
import { testDatabase } from '@hearth/testkit';
import { hearthFacade } from '../hearth-facade.ts';

export const PROJECT = 'a'.repeat(32);
export const OTHER_PROJECT = 'b'.repeat(32);
const BRIEF_MS = 700;

const WHO: Readonly<Record<string, readonly [project: string, role: string]>> = {
  demo: [PROJECT, 'member'],
  reader: [PROJECT, 'reader'],
  /** Whose token ends soon. */
  brief: [PROJECT, 'member'],
  stackuser: [PROJECT, 'heat_stack_user'],
  other: [OTHER_PROJECT, 'member'],
  admin: [OTHER_PROJECT, 'admin'],
};

function identityOf(token: Secret): Identity | null {
  const name = revealSecret(token);
  const [projectId, role] = WHO[name] ?? [];
  if (projectId === undefined || role === undefined) return null;
  const names = { userId: `${name}-id`, userName: name, userDomainId: 'default', projectName: 'p', projectDomainId: 'default' };
  const expiresAt = name === 'brief' ? Date.now() + BRIEF_MS : Number.MAX_SAFE_INTEGER;
  return { ...names, projectId, roles: [role], expiresAt, trustId: null, token, catalog: null };
}

export interface TestApi {
  readonly world: TestStacks;
  /** Up to the project, without a slash. */
  readonly base: string;
  close(): Promise<void>;
}

/** `limits`: of event streams. */
export async function testApi(limits = { streamsPerProcess: 1, streamsPerProject: 1 }): Promise<TestApi> {
  const db = await testDatabase();
  const { database } = db;
  const world = testStacks({ database });
  const { timers, random, stacks } = world;
  const events = eventFeed({ database, timers, log: silentLog, limits });
  const listener = createListener({ host: '127.0.0.1', port: 0, log: silentLog, random, timers });
  const verifier = { verify: async (token: Secret) => identityOf(token) };
  listener.register(hearthFacade({ events, stacks, verifier, authUri: 'http://keystone/v3' }));
  const { url } = await listener.listen();
  return {
    world,
    base: `${url}/hearth/v1`,
    async close() {
      await events.close();
      await listener.close();
      await db.drop();
    },
  };
}
