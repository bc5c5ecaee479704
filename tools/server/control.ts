/** The control API of a server's mini-cloud, for tests: as its administrator, and the leak check. */
import { login, miniCloudUser } from './rest.ts';
import type { ServerProcess } from './server-process.ts';

const PATIENCE_MS = 60_000;

export interface Leftover {
  readonly service: string;
  readonly collection: string;
  readonly id: string;
  readonly name: string | null;
  readonly project: string | null;
  readonly mark: string | null;
}

export interface CloudControl {
  /** `path` is relative to `/control/v1`. */
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: T }>;
  /** Everything that was not there from the start; of one project when it is given. */
  objects(project?: string): Promise<readonly Leftover[]>;
  /**
   * The leak check: what is left of everything, one line each, once there is nothing, or after a while. Some things go a moment after the stack
   * that they belonged to (its trust).
   */
  leftovers(project?: string): Promise<readonly string[]>;
}

export async function cloudControl(server: ServerProcess): Promise<CloudControl> {
  const identity = server.ready.identity as string;
  const rest = await login(identity, miniCloudUser(server.dataDir, 'admin'));
  const base = `${identity.replace(/\/v3\/?$/, '')}/control/v1`;
  const objects = async (project?: string): Promise<readonly Leftover[]> => {
    const query = project === undefined ? '' : `?project=${encodeURIComponent(project)}`;
    const { status, body } = await rest.call<{ objects: readonly Leftover[] }>('GET', `${base}/objects${query}`);
    if (status !== 200) throw new Error(`the inventory answered ${status} ${JSON.stringify(body)}`);
    return body.objects;
  };
  return {
    call: (method, path, body) => rest.call(method, `${base}${path}`, body),
    objects,
    async leftovers(project) {
      for (const end = Date.now() + PATIENCE_MS; ; ) {
        const left = await objects(project);
        if (left.length === 0 || Date.now() > end) return left.map(leftoverText);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  };
}

/** One line, for a message. */
export const leftoverText = ({ service, collection, name, id }: Leftover): string => `${service} ${collection} ${name ?? ''} ${id}`;
