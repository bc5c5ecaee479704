/** Putting a server to rest and waking it: its memory is kept on disk meanwhile. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, type JsonObject } from '@hearth/kernel';
import { done, type Live, type Progress, ResourceFailed, wait } from '@hearth/resource-kit';
import { isIdle, statusOf } from './server-status.ts';

type Resting = 'suspend' | 'resume';
const END: Readonly<Record<Resting, string>> = { suspend: 'SUSPENDED', resume: 'ACTIVE' };

async function presentServer<P>({ cloud, physicalId }: Live<Cloud, P>): Promise<JsonObject> {
  const server = await cloud.nova.getServer(physicalId);
  if (server === null) throw new ResourceFailed(`Failed to find server ${physicalId}`, 'NotFound');
  return server;
}

/** One that is there already is left alone. */
export async function putServer<P>(live: Live<Cloud, P>, to: Resting): Promise<Progress> {
  const status = statusOf(await presentServer(live));
  if (status === END[to]) return done();
  try {
    await live.cloud.nova.serverAction(live.physicalId, { [to]: null });
  } catch (error) {
    // The one who was here before may have asked already: what it is doing is seen below.
    if (!(error instanceof Failure && error.code === 'conflict')) throw error;
    return wait(status, { token: 'refused' });
  }
  return wait(status);
}

/** The status changes at the end only: until then it is what it was. */
export async function untilServerIs<P>(live: Live<Cloud, P>, to: Resting, token: unknown): Promise<Progress> {
  const server = await presentServer(live);
  const status = statusOf(server);
  if (status === END[to]) return done();
  if ((status !== 'ACTIVE' && status !== 'SUSPENDED') || (token === 'refused' && isIdle(server)))
    throw new ResourceFailed(
      `${to === 'suspend' ? 'Suspend' : 'Resume'} of server ${live.physicalId} failed: its status is ${status}`,
      'ResourceUnknownStatus',
    );
  return wait(status, { token: token === 'refused' ? token : null });
}
