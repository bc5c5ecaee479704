/** Plain REST calls with a token, for tests and benchmarks that must not depend on our own client's behaviour. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Rest {
  readonly token: string;
  readonly projectId: string;
  /** Public endpoint of a service type, from the catalogue. */
  endpoint(type: string): string;
  call<T = unknown>(
    method: string,
    url: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: T }>;
}

interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly project: string;
}

/** A user of the mini-cloud of a data folder. */
export function miniCloudUser(dataDir: string, user: 'demo' | 'alt_demo' | 'admin' | 'heat' = 'demo'): Credentials {
  const passwords = JSON.parse(readFileSync(join(dataDir, 'passwords.json'), 'utf8')) as Record<string, string>;
  return { user, password: passwords[user] as string, project: user === 'heat' ? 'service' : user };
}

export async function login(identity: string, { user, password, project }: Credentials): Promise<Rest> {
  const domain = { id: 'default' };
  const reply = await fetch(`${identity}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, password, domain } } },
        scope: { project: { name: project, domain } },
      },
    }),
  });
  if (reply.status !== 201) throw new Error(`login as ${user} failed: ${reply.status} ${await reply.text()}`);
  const token = reply.headers.get('x-subject-token') as string;
  const body = (await reply.json()) as {
    token: { project: { id: string }; catalog: { type: string; endpoints: { interface: string; url: string }[] }[] };
  };
  return {
    token,
    projectId: body.token.project.id,
    endpoint(type) {
      const found = body.token.catalog
        .find((service) => service.type === type)
        ?.endpoints.find((endpoint) => endpoint.interface === 'public');
      if (found === undefined) throw new Error(`no endpoint of type ${type} in the catalogue`);
      return found.url.replace(/\/$/, '');
    },
    async call<T>(method: string, url: string, sent?: unknown, more: Readonly<Record<string, string>> = {}) {
      const answer = await fetch(url, {
        method,
        headers: { 'x-auth-token': token, ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...more },
        ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
      });
      const text = await answer.text();
      // Heat says with a page that an update was accepted.
      const isJson = text !== '' && answer.headers.get('content-type')?.includes('json') === true;
      return { status: answer.status, body: (isJson ? JSON.parse(text) : text === '' ? null : text) as T };
    },
  };
}

export interface StackView {
  readonly id: string;
  readonly stack_name: string;
  readonly stack_status: string;
  readonly stack_status_reason: string;
}

/** Waits until the stack is no longer IN_PROGRESS; a deleted one counts as DELETE_COMPLETE. */
export async function untilSettled(rest: Rest, stackUrl: string, timeoutMs: number, everyMs = 50): Promise<StackView> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const { status, body } = await rest.call<{ stack: StackView }>('GET', `${stackUrl}?resolve_outputs=false`);
    if (status === 200 && !body.stack.stack_status.endsWith('IN_PROGRESS')) return body.stack;
    if (status === 404) return { id: '', stack_name: '', stack_status: 'DELETE_COMPLETE', stack_status_reason: '' };
    if (Date.now() > end) throw new Error(`${stackUrl} is ${status === 200 ? body.stack.stack_status : status} after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
