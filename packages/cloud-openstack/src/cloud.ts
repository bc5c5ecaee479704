/** What handlers of resource types are given: typed clients bound to one identity. */
import { cinderOf, type Cinder } from './cinder.ts';
import { glanceOf, type Glance } from './glance.ts';
import { keystoneOf, type Keystone } from './keystone.ts';
import { neutronOf, type Neutron } from './neutron.ts';
import { novaOf, type Nova } from './nova.ts';
import { octaviaOf, type Octavia } from './octavia.ts';
import { orchestrationOf, type Orchestration } from './orchestration.ts';
import type { Session } from './session.ts';
import { swiftOf, type Swift } from './swift.ts';

export interface Cloud {
  readonly nova: Nova;
  readonly neutron: Neutron;
  readonly glance: Glance;
  readonly cinder: Cinder;
  readonly keystone: Keystone;
  readonly octavia: Octavia;
  readonly swift: Swift;
  readonly orchestration: Orchestration;
  readonly session: Session;
}

export function cloudOf(session: Session): Cloud {
  return {
    nova: novaOf(session),
    neutron: neutronOf(session),
    glance: glanceOf(session),
    cinder: cinderOf(session),
    keystone: keystoneOf(session),
    octavia: octaviaOf(session),
    swift: swiftOf(session),
    orchestration: orchestrationOf(session),
    session,
  };
}
