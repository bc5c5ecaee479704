/** A whole server as the orchestration service of the contract: for the resource that is a stack made through it. */
import { cloudOf, openSession, type Cloud, type Transport } from '@hearth/cloud-openstack';
import { Secret, silentLog } from '@hearth/kernel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, startServer, temporaryFolder } from '../tools/server/server-process.ts';

export interface ContractOrchestration {
  readonly cloud: Cloud;
  stop(): Promise<void>;
}

export async function startContractOrchestration(transport: Transport, callTimeoutMs: number): Promise<ContractOrchestration> {
  const folder = temporaryFolder('contract');
  const dataDir = join(folder, 'data');
  const server = await startServer({ dataDir });
  const passwords = JSON.parse(readFileSync(join(dataDir, 'passwords.json'), 'utf8')) as { readonly demo: string };
  const project = { name: 'demo', domainId: 'default' };
  const auth = { kind: 'password', username: 'demo', password: new Secret(passwords.demo), userDomainId: 'default', project } as const;
  const session = openSession({ authUrl: server.ready.identity ?? '', region: null, transport, log: silentLog, auth, callTimeoutMs });
  return {
    cloud: cloudOf(session),
    async stop() {
      await server.stop();
      removeFolder(folder);
    },
  };
}

/** Live stacks; none where the cloud has no orchestration service. */
export async function existingStacks({ session }: Cloud): Promise<readonly string[]> {
  if (!(await session.hasService('orchestration'))) return [];
  const stacks = await session.list({ service: 'orchestration', path: '/stacks' }, 'stacks');
  return stacks.map((stack) => `stack ${String(stack.id)}`);
}
