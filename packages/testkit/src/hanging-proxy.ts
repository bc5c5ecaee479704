/** A way to the test server that can stop answering without being closed, as when a firewall forgets a connection. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { assert, revealSecret } from '@hearth/kernel';
import { connectionFromUrl, type Connection } from '@hearth/store';

export interface HangingProxy {
  /** The database behind it. */
  readonly connection: Connection;
  /** The connections there are now stay open, and nothing comes through them any more. New ones work. */
  hang(): void;
  /** Connections made so far. */
  made(): number;
  close(): Promise<void>;
}

export async function hangingProxy(target: Connection): Promise<HangingProxy> {
  assert(target.kind === 'socket', 'the test server is reached by its socket');
  const open = new Set<readonly [Socket, Socket]>();
  let made = 0;
  const server = createServer((near) => {
    made++;
    const far = connect(join(target.folder, '.s.PGSQL.5432'));
    const pair = [near, far] as const;
    open.add(pair);
    near.pipe(far);
    far.pipe(near);
    for (const [one, other] of [pair, [far, near] as const]) {
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(pair);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const user = encodeURIComponent(target.user);
  const password = encodeURIComponent(revealSecret(target.password));
  const { port } = server.address() as AddressInfo;
  return {
    connection: connectionFromUrl(`postgres://${user}:${password}@127.0.0.1:${port}/${target.database}`),
    hang() {
      for (const [near, far] of open) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
    made: () => made,
    async close() {
      for (const [near, far] of open) {
        near.destroy();
        far.destroy();
      }
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
