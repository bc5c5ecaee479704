/** What handlers of resource types are given: typed clients bound to one identity. */
import { cinderOf, type Cinder } from './cinder.ts';
import { glanceOf, type Glance } from './glance.ts';
import { keystoneOf, type Keystone } from './keystone.ts';
import { neutronOf, type Neutron } from './neutron.ts';
import { novaOf, type Nova } from './nova.ts';
import { octaviaOf, type Octavia } from './octavia.ts';
import { orchestrationOf, type Orchestration } from './orchestration.ts';
import type { Session } from './session.ts';
import { entrancesOf, type Entrances } from './entrances.ts';
import { stackUsersOf, type StackUsers } from './stack-users.ts';
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
  /** Accounts for guests of stacks. */
  readonly stackUsers: StackUsers;
  readonly entrances: Entrances;
  readonly session: Session;
}

/** What the operator has said of the surroundings. */
export interface Surroundings {
  readonly stackUsers: StackUsers;
  /** Where guests reach us; null: as the catalogue says. */
  readonly publicUrl: string | null;
}
const UNKNOWN: Surroundings = { stackUsers: stackUsersOf(null), publicUrl: null };

export function cloudOf(session: Session, { stackUsers, publicUrl }: Surroundings = UNKNOWN): Cloud {
  return {
    nova: novaOf(session),
    neutron: neutronOf(session),
    glance: glanceOf(session),
    cinder: cinderOf(session),
    keystone: keystoneOf(session),
    octavia: octaviaOf(session),
    swift: swiftOf(session),
    orchestration: orchestrationOf(session),
    stackUsers,
    entrances: entrancesOf(session, publicUrl),
    session,
  };
}
