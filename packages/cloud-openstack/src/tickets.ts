/** The token a session works with: asked for once for calls made together, renewed before it ends, dropped when it is refused. */
import { Failure, revealSecret, Secret, type Timers } from '@hearth/kernel';
import { CloudFailure, failureOf } from './cloud-failure.ts';
import { originOf } from './repeated-calls.ts';
import { loginBody, tokenFacts, type Auth, type TokenFacts } from './token.ts';
import type { HttpAnswer, HttpRequest } from './transport.ts';

export interface Ticket {
  readonly token: Secret;
  readonly facts: TokenFacts;
}
export interface Tickets {
  current(deadlineAt: number): Promise<Ticket>;
  /** The service refused it; the next call logs in again. False when that cannot help. */
  refused(ticket: Ticket): Promise<boolean>;
}
export interface TicketOptions {
  readonly auth: Auth;
  readonly identityUrl: string;
  readonly timers: Timers;
  readonly send: (request: Omit<HttpRequest, 'deadlineAt' | 'signal'>, deadlineAt: number) => Promise<HttpAnswer>;
}
const RENEW_BEFORE_MS = 60_000;

export function ticketsOf(options: TicketOptions): Tickets {
  const { auth, timers } = options;
  let ticket: Promise<Ticket> | null = null;

  /** A failed login is forgotten, so that the next call tries again. */
  function keep(next: Promise<Ticket>): Promise<Ticket> {
    ticket = next;
    next.catch(() => {
      if (ticket === next) ticket = null;
    });
    return next;
  }
  return {
    async current(deadlineAt) {
      const asked = ticket ?? keep(logIn(options, deadlineAt));
      const held = await asked;
      const isStale = auth.kind !== 'token' && held.facts.expiresAt - RENEW_BEFORE_MS <= timers.now();
      if (!isStale) return held;
      // Whoever notices first renews it for all.
      return ticket === asked || ticket === null ? keep(logIn(options, deadlineAt)) : ticket;
    },
    async refused(held) {
      if (auth.kind === 'token') return false;
      if ((await ticket?.catch(() => null)) === held) ticket = null;
      return true;
    },
  };
}

const notValid = (): CloudFailure =>
  new CloudFailure('unauthorized', 'the token is not valid', { status: 401, requestId: null, outcomeUnknown: false });

async function logIn({ auth, identityUrl, send }: TicketOptions, deadlineAt: number): Promise<Ticket> {
  if (auth.kind === 'token' && auth.facts !== undefined) {
    const facts = await auth.facts();
    if (facts === null) throw notValid();
    return { token: auth.token, facts };
  }
  const request =
    auth.kind === 'token'
      ? { method: 'GET' as const, headers: { 'x-auth-token': revealSecret(auth.token), 'x-subject-token': revealSecret(auth.token) } }
      : { method: 'POST' as const, headers: {}, body: loginBody(auth) };
  const answer = await send({ service: 'identity', url: `${identityUrl}/auth/tokens`, ...request }, deadlineAt);
  if (answer.status === 404 && auth.kind === 'token') throw notValid();
  if (answer.status >= 300)
    throw failureOf('identity', answer.status, answer.body, answer.headers['x-openstack-request-id'] ?? null, false);
  const facts = tokenFacts(answer.body);
  const token = auth.kind === 'token' ? auth.token : answer.headers['x-subject-token'];
  if (facts === null || token === undefined) throw new Failure('unknown', `identity at ${originOf(identityUrl)} answered without a token`);
  return { token: typeof token === 'string' ? new Secret(token) : token, facts };
}
