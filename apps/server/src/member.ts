/** The embedded cloud's member, using the public API over HTTP with a password, as any client does. */
import { type CloudRequest, openSession, type Session, type Transport } from '@hearth/cloud-openstack';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Log, Secret } from '@hearth/kernel';

export interface MemberStack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string;
}
export interface MemberResource {
  readonly name: string;
  readonly type: string;
  readonly status: string;
}

export interface Member {
  stacks(): Promise<readonly MemberStack[]>;
  create(name: string, template: string): Promise<void>;
  /** Null when there is no such stack. */
  show(name: string): Promise<MemberStack | null>;
  resources(stack: MemberStack): Promise<readonly MemberResource[]>;
}

interface MemberOptions {
  readonly authUrl: string;
  readonly region: string;
  readonly password: string;
  readonly transport: Transport;
  readonly log: Log;
}

export function miniCloudMember({ authUrl, region, password, transport, log }: MemberOptions): Member {
  const session: Session = openSession({
    authUrl,
    region,
    transport,
    log,
    auth: {
      kind: 'password',
      username: 'demo',
      userDomainId: 'default',
      password: new Secret(password),
      project: { name: 'demo', domainId: 'default' },
    },
  });
  const ask = (method: CloudRequest['method'], path: string, body?: JsonObject): Promise<Json> =>
    session.request({ service: 'orchestration', method, path, ...(body === undefined ? {} : { body }) });
  const stacks = async () => items(await ask('GET', '/stacks'), 'stacks').map(stackOf);
  return {
    stacks,
    async create(name, template) {
      await ask('POST', '/stacks', { stack_name: name, template, disable_rollback: true, timeout_mins: 10 });
    },
    show: async (name) => (await stacks()).find((stack) => stack.name === name) ?? null,
    async resources(stack) {
      const body = await ask('GET', `/stacks/${encodeURIComponent(stack.name)}/${stack.id}/resources`);
      return items(body, 'resources').map((one) => ({
        name: String(one.resource_name),
        type: String(one.resource_type),
        status: String(one.resource_status),
      }));
    },
  };
}

const stackOf = (one: JsonObject): MemberStack => ({
  id: String(one.id),
  name: String(one.stack_name),
  status: String(one.stack_status),
  reason: String(one.stack_status_reason),
});

function items(body: Json, key: string): readonly JsonObject[] {
  const list = isJsonObject(body) ? body[key] : null;
  return isJsonArray(list) ? list.filter(isJsonObject) : [];
}
