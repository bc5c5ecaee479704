/** The API with all resource types, up to the point where something would be written: no database, and a cloud that knows every name. */
import { createListener } from '@hearth/http-kit';
import { Refusal, silentLog, type Json, type JsonObject } from '@hearth/kernel';
import { registryOf } from '@hearth/resource-kit';
import { awsTypes } from '@hearth/resources-aws';
import { coreTypes } from '@hearth/resources-core';
import { openstackTypes } from '@hearth/resources-openstack';
import { stackUseCases, type StackPorts } from '@hearth/stacks';
import { testStacks } from '@hearth/stacks/testing';
import type { Database } from '@hearth/store';
import { heatFacade } from '@hearth/api-heat';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}
export interface JudgingApi {
  ask(method: string, path: string, body: string | null): Promise<Answer>;
  close(): Promise<void>;
}

export const PROJECT = 'p'.repeat(32);
const EMPTY = { query: async () => [] } as unknown as Database;

/** Everything that can be said against a request was looked for, and nothing was found. */
export const judged = new Refusal('conflict', 'Judged', 'Everything was judged.');

export function judgingPorts(limits: Partial<StackPorts['limits']> = {}): StackPorts {
  const registry = registryOf([...coreTypes, ...openstackTypes, ...awsTypes]);
  const { ports } = testStacks({ database: EMPTY, registry, limits: { stacksPerProject: -1, ...limits } });
  return {
    ...ports,
    constraints: { check: async (_caller, questions) => questions.map(() => null) },
    delegation: {
      create: async () => {
        throw judged;
      },
      revoke: async () => {},
    },
  };
}

export async function judgingApi(): Promise<JudgingApi> {
  const ports = judgingPorts();
  const { random, timers } = testStacks({ database: EMPTY });
  const listener = createListener({ host: '127.0.0.1', port: 0, log: silentLog, random, timers });
  const verifier = {
    verify: async (token: never) => ({
      userId: 'demo-id',
      userName: 'demo',
      userDomainId: 'default',
      projectId: PROJECT,
      projectName: 'demo',
      projectDomainId: 'default',
      roles: ['member', 'reader'],
      expiresAt: Number.MAX_SAFE_INTEGER,
      trustId: null,
      token,
      catalog: null,
    }),
  };
  listener.register(heatFacade({ stacks: stackUseCases(ports), verifier, authUri: 'http://keystone/v3' }));
  const { url } = await listener.listen();
  return {
    async ask(method, path, body) {
      const headers = { 'X-Auth-Token': 'demo', ...(body !== null && { 'Content-Type': 'application/json' }) };
      const response = await fetch(`${url}/v1/${PROJECT}${path}`, { method, headers, ...(body !== null && { body }) });
      const text = await response.text();
      const error = text === '' ? null : (JSON.parse(text) as JsonObject)['error'];
      const { type = '', message = '' } = (error ?? {}) as { readonly type?: Json; readonly message?: Json };
      return { status: response.status, type: String(type), message: String(message) };
    },
    close: () => listener.close(),
  };
}
