/** Nova: server groups, in the form with one policy and rules (microversion 2.64). */
import type { JsonObject } from '@hearth/kernel';
import { itemOf, nullIfGone } from './answers.ts';
import { microversion } from './nova-version.ts';
import type { Session } from './session.ts';

export interface NovaServerGroups {
  createServerGroup(group: JsonObject): Promise<JsonObject>;
  /** Null when there is none. */
  getServerGroup(id: string): Promise<JsonObject | null>;
  /** Those of the session's project; names are not unique. */
  serverGroups(): Promise<readonly JsonObject[]>;
  deleteServerGroup(id: string): Promise<void>;
}

const service = 'compute';
const path = '/os-server-groups';
const headers = microversion('2.64');
const PAGE = 1_000;
const MAX_PAGES = 100;

export function serverGroupCalls(session: Session): NovaServerGroups {
  const groupPath = (id: string): string => `${path}/${encodeURIComponent(id)}`;
  return {
    createServerGroup: async (group) =>
      itemOf(await session.request({ service, method: 'POST', path, body: { server_group: group }, headers }), 'server_group'),
    getServerGroup: (id) =>
      nullIfGone(async () => itemOf(await session.request({ service, method: 'GET', path: groupPath(id), headers }), 'server_group')),
    async serverGroups() {
      const found: JsonObject[] = [];
      // Paged by offset: the service gives no links to further pages.
      for (let pages = 0; pages < MAX_PAGES; pages++) {
        const page = await session.list({ service, path, query: { limit: PAGE, offset: found.length }, headers }, 'server_groups');
        found.push(...page);
        if (page.length < PAGE) break;
      }
      return found;
    },
    async deleteServerGroup(id) {
      await session.request({ service, method: 'DELETE', path: groupPath(id) });
    },
  };
}
