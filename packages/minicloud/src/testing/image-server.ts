/** A small web server with one image, for tests that let the image service fetch something. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ImageServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startImageServer(bytes: Uint8Array = Buffer.alloc(4096, 'image')): Promise<ImageServer> {
  const server = createServer((request, response) => {
    if (request.url === '/image') response.end(Buffer.from(bytes));
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/image`,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
