/** The other sides of sinks: a queue of the stack's cloud, a URL, the operator's log, file or URL. Each takes some events in order, or throws. */
import { createHmac } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { MESSAGES_AT_ONCE, zaqarOf, type Cloud } from '@hearth/cloud-openstack';
import { Failure, type Log, revealSecret, type Secret, type Timers } from '@hearth/kernel';
import type { Outbound } from '@hearth/outbound';
import {
  type Database,
  type EventRecord,
  findCredential,
  findStackById,
  type SecretBox,
  type SinkRecord,
  type StackRecord,
} from '@hearth/store';
import { notification, queueMessage, webhookEvent } from './messages.ts';

export interface Outlet {
  /** As many events as it takes at once. */
  readonly most: number;
  take(events: readonly EventRecord[]): Promise<void>;
}

/** It will not be better the next time. */
export class Hopeless extends Failure {}

/** Where the operator wants to be notified. */
export type NotificationTarget =
  | { readonly kind: 'log' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: Secret | null };

export interface OutletPorts {
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly cloudFor: (stack: StackRecord, credential: Awaited<ReturnType<typeof findCredential>>) => Promise<Cloud>;
  /** For what users name. */
  readonly outbound: Outbound;
  /** For what the operator names. */
  readonly operatorOutbound: Outbound;
  /** Null: nowhere. */
  readonly notifications: NotificationTarget | null;
  readonly timers: Timers;
  readonly log: Log;
  /** The process, as notifications name their publisher. */
  readonly publisher: string;
}

const EVENTS_AT_ONCE = 100;
const POST_LIMIT_MS = 15_000;
const DEFAULT_TTL_S = 3_600;

export function outletOf(sink: SinkRecord, ports: OutletPorts): Outlet {
  if (sink.kind === 'operator') return operatorOutlet(ports);
  const { target, secret } = sink.detail as { readonly target: string; readonly secret?: string | null };
  if (sink.kind === 'webhook')
    return {
      most: EVENTS_AT_ONCE,
      take: (events) => post(ports.outbound, target, secret ?? null, { version: 1, events: events.map(webhookEvent) }, ports.timers),
    };
  return queueOutlet(sink, target, ports);
}

function queueOutlet(sink: SinkRecord, queue: string, { database, secretBox, cloudFor }: OutletPorts): Outlet {
  const ttl = typeof sink.detail['ttl'] === 'number' ? sink.detail['ttl'] : DEFAULT_TTL_S;
  return {
    most: MESSAGES_AT_ONCE,
    async take(events) {
      const stack = sink.stackId === null ? null : await findStackById(database, null, sink.stackId);
      const credential =
        stack === null || stack.credentialId === null ? null : await findCredential(database, secretBox, stack.credentialId);
      if (stack === null || credential === null)
        throw new Hopeless('forbidden', 'the stack is gone, and with it what it acts with in the cloud');
      const cloud = await cloudFor(stack, credential);
      const zaqar = zaqarOf(cloud.session, sink.id);
      await zaqar.post(
        queue,
        events.map((event) => ({ body: queueMessage(event), ttl })),
      );
    },
  };
}

function operatorOutlet(ports: OutletPorts): Outlet {
  const { database, notifications, operatorOutbound, timers, log, publisher } = ports;
  return {
    most: EVENTS_AT_ONCE,
    async take(events) {
      const stacks = new Map<string, StackRecord | null>();
      for (const { stackId } of events) if (!stacks.has(stackId)) stacks.set(stackId, await findStackById(database, null, stackId));
      const messages = events.map((event) => notification(event, stacks.get(event.stackId) ?? null, publisher));
      if (notifications === null) throw new Failure('configuration', 'nobody is to be notified by this process');
      if (notifications.kind === 'log') for (const message of messages) log.info('notification', message);
      else if (notifications.kind === 'file')
        await appendFile(notifications.file, messages.map((message) => `${JSON.stringify(message)}\n`).join(''), {
          mode: 0o600,
          flush: true,
        });
      else {
        const secret = notifications.secret === null ? null : revealSecret(notifications.secret);
        await post(operatorOutbound, notifications.url, secret, { version: 1, notifications: messages }, timers);
      }
    },
  };
}

/** Signed with the time in it, so that an old message sent again can be told from a new one. */
async function post(outbound: Outbound, url: string, secret: string | null, content: object, timers: Timers): Promise<void> {
  const body = JSON.stringify(content);
  const time = String(Math.floor(timers.now() / 1_000));
  const signature = secret === null ? null : createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  await outbound.post(
    url,
    {
      body,
      headers: {
        'content-type': 'application/json',
        'x-hearth-time': time,
        ...(signature !== null && { 'x-hearth-signature': `sha256=${signature}` }),
      },
    },
    { timeoutMs: POST_LIMIT_MS },
  );
}
