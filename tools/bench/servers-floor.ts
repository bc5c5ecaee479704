/** The `http-floor` of servers with ports: the calls themselves, at once, and a look a second at each. */
import type { Rest } from '../server/rest.ts';
import { httpFloor, median } from './floors.ts';

/** Seconds, median of `runs`; what it made is deleted. */
export async function serversFloor(rest: Rest, n: number, runs: number): Promise<number> {
  const nova = rest.endpoint('compute');
  const id = async (url: string, key: string, name: string): Promise<string> => {
    const { body } = await rest.call<Record<string, { id: string; name: string }[]>>('GET', url);
    return (body[key] ?? []).find((one) => one.name === name)?.id as string;
  };
  const network = await id(`${rest.endpoint('network')}/v2.0/networks`, 'networks', 'private');
  const flavor = await id(`${nova}/flavors`, 'flavors', 'm1.tiny');
  const image = await id(`${rest.endpoint('image')}/v2/images`, 'images', 'testimage');
  const servers: string[] = [];
  const ports: string[] = [];
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    seconds.push(
      await httpFloor(
        {
          async create(index) {
            const { body: made } = await rest.call<{ port: { id: string } }>('POST', `${rest.endpoint('network')}/v2.0/ports`, {
              port: { network_id: network },
            });
            ports.push(made.port.id);
            const networks = [{ port: made.port.id }];
            const server = { name: `floor-${run}-${index}`, imageRef: image, flavorRef: flavor, networks };
            const { status, body } = await rest.call<{ server: { id: string } }>('POST', `${nova}/servers`, { server });
            if (status !== 202) throw new Error(`POST /servers answered ${status} ${JSON.stringify(body)}`);
            servers.push(body.server.id);
            return body.server.id;
          },
          status: async (server) =>
            (await rest.call<{ server: { status: string } }>('GET', `${nova}/servers/${server}`)).body.server.status,
        },
        n,
      ),
    );
  }
  await Promise.all(servers.map((server) => rest.call('DELETE', `${nova}/servers/${server}`)));
  await Promise.all(ports.map((port) => rest.call('DELETE', `${rest.endpoint('network')}/v2.0/ports/${port}`)));
  return median(seconds);
}
