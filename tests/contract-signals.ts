/** For the resource contract: a handle that was told twice that all is well, and where guests would reach us. */
import { openSession, type StackDomain, type Transport } from '@hearth/cloud-openstack';
import { Secret, silentLog } from '@hearth/kernel';
import { TEST_PASSWORD, type TestCloud } from '@hearth/minicloud/testing';
import type { SignalShelf } from '@hearth/resource-kit';

export const PUBLIC_URL = 'http://orchestration.test:8004';

/** Its reference is `signalled`; there are no other resources. */
export const signalled: SignalShelf = {
  async to(reference) {
    if (reference !== 'signalled') return null;
    const signal = (id: string) => ({ key: id, body: { status: 'SUCCESS', reason: '', data: null }, at: 0 });
    const told = { name: 'handle', handler: 'OS::Heat::WaitConditionHandle', physicalName: 'handle', props: {} };
    return { ...told, signals: [signal('1'), signal('2')] };
  },
  forget: async () => {},
};

export function stackDomainOf({ authUrl, facts }: TestCloud, transport: Transport, callTimeoutMs: number): StackDomain {
  const common = { authUrl, region: null, transport, log: silentLog, callTimeoutMs };
  const id = facts.stackDomainId;
  const admin = { username: 'heat_domain_admin', password: new Secret(TEST_PASSWORD), userDomainId: id };
  return {
    id,
    session: openSession({ ...common, auth: { kind: 'domain', domainId: id, ...admin } }),
    sessionOf: ({ username, password, projectId }) =>
      openSession({ ...common, auth: { kind: 'password', username, password, userDomainId: id, project: { id: projectId } } }),
  };
}
