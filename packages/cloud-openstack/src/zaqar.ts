/** Zaqar: queues of messages. */
import type { Json } from '@hearth/kernel';
import type { Session } from './session.ts';

export interface QueueMessage {
  readonly body: Json;
  /** Seconds. */
  readonly ttl: number;
}

export interface Zaqar {
  /** In order, as many as a request may have; a queue that is not there is made by the service. */
  post(queue: string, messages: readonly QueueMessage[]): Promise<void>;
}

/** As many as Zaqar takes at once, unless its operator has said otherwise. */
export const MESSAGES_AT_ONCE = 20;

const service = 'message';
const pathOf = (queue: string): string => `/v2/queues/${encodeURIComponent(queue)}/messages`;

/** `clientId`: a uuid; Zaqar tells its clients apart by it. */
export function zaqarOf(session: Session, clientId: string): Zaqar {
  const headers = { 'client-id': clientId };
  return {
    async post(queue, messages) {
      const body = { messages: messages.map(({ body: content, ttl }) => ({ body: content, ttl })) };
      await session.send({ service, method: 'POST', path: pathOf(queue), body, headers });
    },
  };
}
