/** A server, and beside it the process of the stock client, for the tests of one suite. Nothing may be left in the cloud when they have ended. */
import { afterAll, beforeAll, expect } from 'vitest';
import { cloudControl } from '../tools/server/control.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { type CloudShell, startCloudShell } from '../tools/stock-client/cloud-shell.ts';

export interface ClientAndServer {
  /** The server's data is in `data`; the rest of it is for files of the tests. */
  readonly folder: string;
  readonly cloudsFile: string;
  readonly server: ServerProcess;
  readonly shell: CloudShell;
  /** kill -9, and another one on the same data. */
  killAndStart(): Promise<void>;
}

/** They are there from the suite's first `beforeAll` on. */
export function clientAndServer(name: string): ClientAndServer {
  const folder = temporaryFolder(name);
  const dataDir = `${folder}/data`;
  let server: ServerProcess | undefined;
  let shell: CloudShell | undefined;
  beforeAll(async () => {
    [server, shell] = await Promise.all([startServer({ dataDir }), startCloudShell(folder)]);
  });
  afterAll(async () => {
    await shell?.close();
    const left = server === undefined ? [] : await (await cloudControl(server)).leftovers();
    await server?.stop();
    removeFolder(folder);
    expect(left).toEqual([]);
  });
  return {
    folder,
    cloudsFile: `${dataDir}/clouds.yaml`,
    get server() {
      return server as ServerProcess;
    },
    get shell() {
      return shell as CloudShell;
    },
    async killAndStart() {
      await server?.kill();
      server = await startServer({ dataDir });
    },
  };
}
