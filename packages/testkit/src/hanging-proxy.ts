/** A way to the test server that can stop answering without being closed, as when a firewall forgets a connection, or that can be cut. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { assert, revealSecret } from '@hearth/kernel';
import { connectionFromUrl, type Connection } from '@hearth/store';

export interface HangingProxy {
  /** The database behind it. */
  readonly connection: Connection;
  readonly port: number;
  /** The connections there are now stay open, and nothing comes through them any more. New ones work. */
  hang(): void;
  /** New ones get no answer either. */
  hangAll(): void;
  /** All connections are reset, and new ones too. */
  cut(): void;
  /** New connections work again; through those that hung comes what was sent meanwhile, as when a network heals. */
  mend(): void;
  /** New connections go to another server. */
  lead(target: Connection): void;
  /** Connections made so far. */
  made(): number;
  close(): Promise<void>;
}

type Pair = readonly [near: Socket, far: Socket];

export async function hangingProxy(first: Connection): Promise<HangingProxy> {
  assert(first.kind === 'socket', 'the test server is reached by its socket');
  const open = new Set<Pair>();
  let target: Connection = first;
  let made = 0;
  let state: 'open' | 'hanging' | 'cut' = 'open';
  const server = createServer((near) => {
    made++;
    near.on('error', () => {});
    if (state === 'cut') return void near.resetAndDestroy();
    assert(target.kind === 'socket', 'the test server is reached by its socket');
    const far = connect(join(target.folder, '.s.PGSQL.5432'));
    const pair: Pair = [near, far];
    open.add(pair);
    if (state === 'open') joinEnds(pair);
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
  const hang = (): void => {
    for (const [near, far] of open) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  };
  const user = encodeURIComponent(first.user);
  const password = encodeURIComponent(revealSecret(first.password));
  const { port } = server.address() as AddressInfo;
  return {
    connection: connectionFromUrl(`postgres://${user}:${password}@127.0.0.1:${port}/${first.database}`),
    port,
    hang,
    hangAll() {
      state = 'hanging';
      hang();
    },
    cut() {
      state = 'cut';
      for (const [near, far] of open) {
        near.resetAndDestroy();
        far.destroy();
      }
    },
    mend() {
      if (state === 'hanging') for (const pair of open) joinEnds(pair);
      state = 'open';
    },
    lead(next) {
      target = next;
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

function joinEnds([near, far]: Pair): void {
  near.pipe(far);
  far.pipe(near);
}
