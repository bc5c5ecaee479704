/** The seam between the mini-cloud and its services: what a service declares, and what it is given. */
import type { Clock, Log, Random } from '@hearth/kernel';
import type { Answer, ApiRequest, Problem, Route } from '@hearth/http-kit';
import type { Steering } from './control/steering.ts';
import type { CloudDatabase, CloudStore } from './store/cloud-store.ts';

export interface Service {
  /** Catalogue type: `compute`, `network`. */
  readonly type: string;
  /** Catalogue name: `nova`, `neutron`. */
  readonly name: string;
  /** Further catalogue types (and names) with the same address. */
  readonly aliases?: readonly string[];
  /** Paths it answers under on the mini-cloud's listener, e.g. `['/network']`; route paths are relative to it. */
  readonly prefixes: readonly string[];
  /** The catalogue's URL after `http://host:port`; `$(project_id)s` is replaced. */
  readonly catalogPath: string;
  /** Everything that goes wrong, in this service's own words (see `faults/`). */
  fault(problem: Problem, request: ApiRequest): Answer;
  /** Headers of all answers (see `answer-headers.ts`). */
  readonly finish?: (answer: Answer, request: ApiRequest) => Answer;
  routes(context: ServiceContext): readonly Route[];
  /** What the control API can do to its objects; paths are relative to `/control/v1`, and for administrators only. */
  controlRoutes?(context: ServiceContext): readonly Route[];
  /** At every start, in one transaction: looks up first and makes only what is missing. */
  seed?(tx: CloudStore, context: ServiceContext): Promise<void>;
  close?(): Promise<void>;
  readonly maxBodyBytes?: number;
}

export interface ServiceContext {
  readonly store: CloudDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** What was put there at the first start. */
  readonly facts: Facts;
  /** Wraps whatever says how long things take, so that behaviours steer it. */
  readonly steering: Steering;
  /** For a `WWW-Authenticate` header. */
  readonly authUri: () => string;
}

/** Ids of the seeded objects. */
export interface Facts {
  readonly region: string;
  /** By name: `admin`, `demo`, `alt_demo`, `service`. */
  readonly projectIds: Readonly<Record<string, string>>;
  /** By name in the default domain: `admin`, `demo`, `alt_demo`, `heat`. */
  readonly userIds: Readonly<Record<string, string>>;
  /** By name. */
  readonly roleIds: Readonly<Record<string, string>>;
  /** The domain for users that belong to stacks, and its administrator. */
  readonly stackDomainId: string;
  readonly stackDomainAdminId: string;
}
