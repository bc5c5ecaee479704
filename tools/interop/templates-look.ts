/** Hearth's façade without server, database and cloud: `POST /validate` as one call, for tests and for a look at many templates. */
import { heatFacade } from '@hearth/api-heat';
import type { ApiRequest } from '@hearth/http-kit';
import { Bug, Failure, Refusal, Secret } from '@hearth/kernel';
import { registryOf, type ResourceType } from '@hearth/resource-kit';
import { awsTypes } from '@hearth/resources-aws';
import { coreTypes } from '@hearth/resources-core';
import { openstackTypes } from '@hearth/resources-openstack';
import { readGlobalEnvironment } from '@hearth/server/testing';
import { DEFAULT_STACK_LIMITS, stackUseCases, type StackPorts } from '@hearth/stacks';

export interface LookAnswer {
  readonly status: number;
  readonly body: unknown;
}
export type Look = (body: unknown) => Promise<LookAnswer>;

const PROJECT = 'a'.repeat(32);

/** Types that users meet, of all packages. */
export const knownTypes = (): readonly ResourceType<never>[] =>
  [...coreTypes, ...openstackTypes, ...awsTypes].filter(({ support }) => support.status !== 'HIDDEN');

/** What a look asks of the world; anything else that is asked ends in a 500, as it would in a server. */
const ports = {
  registry: registryOf([...coreTypes, ...openstackTypes, ...awsTypes]),
  limits: DEFAULT_STACK_LIMITS,
  clock: { now: () => Date.now() },
  zones: { list: async () => ['nova'] },
  remote: {
    fetchText: async () => {
      throw new Failure('unavailable', 'Nothing can be fetched here.');
    },
    shownUrl: (url: string) => url,
    containerFiles: async () => null,
  },
};

const servicesWithout = (lacks: ReadonlySet<string>): StackPorts['services'] => ({
  available: async (_caller, wishes) =>
    wishes.map(({ service, extension = '' }) => (lacks.has(service) || lacks.has(extension) ? 'it is not there' : null)),
});

/** For a plain member, of a cloud that lacks these services and extensions. */
export async function ownLook(lacks: ReadonlySet<string> = new Set()): Promise<Look> {
  const globalEnvironment = await readGlobalEnvironment(null);
  const facade = heatFacade({
    stacks: stackUseCases({ ...ports, globalEnvironment, services: servicesWithout(lacks) } as unknown as StackPorts),
    verifier: { verify: async () => null },
    authUri: 'http://keystone/v3',
  });
  const route = facade.routes.find(({ method, path }) => method === 'POST' && path.endsWith('/validate'));
  if (route === undefined) throw new Error('the façade has no route to validate templates');
  return async (body) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const request = requestWith(null);
    try {
      const { status, body: answer } = await route.handle(requestWith(facade.readBody?.(bytes, 'application/json')));
      return { status, body: answer };
    } catch (error) {
      if (error instanceof Refusal) return plain(facade.fault({ kind: 'refusal', refusal: error }, request));
      if (error instanceof Failure) return plain(facade.fault({ kind: 'failure', failure: error }, request));
      return { status: 500, body: { error: { type: 'InternalError', message: error instanceof Error ? error.stack : String(error) } } };
    }
  };
}

const plain = ({ status, body }: { readonly status: number; readonly body?: unknown }): LookAnswer => ({ status, body });

function requestWith(body: unknown): ApiRequest {
  const identity = {
    userId: 'demo-id',
    userName: 'demo',
    userDomainId: 'default',
    projectId: PROJECT,
    projectName: 'demo',
    projectDomainId: 'default',
    roles: ['member', 'reader'],
    expiresAt: Number.MAX_SAFE_INTEGER,
    trustId: null,
    token: new Secret('a token'),
    catalog: null,
  };
  return {
    method: 'POST',
    prefix: '',
    path: `/v1/${PROJECT}/validate`,
    target: `/v1/${PROJECT}/validate`,
    origin: 'http://here',
    params: { project: PROJECT },
    query: new URLSearchParams(),
    header: () => null,
    headers: () => [],
    contentType: 'application/json',
    body,
    rawBody: new Uint8Array(0),
    get bodyStream(): AsyncIterable<Uint8Array> {
      throw new Bug('a template is not read as a stream');
    },
    id: 'req-1',
    globalId: null,
    identity,
    identityOrNull: identity,
  };
}
