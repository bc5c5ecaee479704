/** Requests as a patient user makes them: again until the API is there and answers for itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rest } from '../server/rest.ts';

export interface Answered {
  readonly status: number;
  readonly body: unknown;
  /** It was sent more than once: what it asks for may have been done before. */
  readonly repeated: boolean;
}

const PATIENCE_MS = 120_000;
const PAUSE_MS = 250;
/** Of one request: the process that took it may have been stopped. */
const ANSWER_MS = 10_000;

export async function ask(rest: Rest, method: string, url: string, body?: unknown): Promise<Answered> {
  const end = Date.now() + PATIENCE_MS;
  for (let tries = 1; ; tries++) {
    const answer = await once(rest, method, url, body);
    if (answer !== null && answer.status < 500) return { ...answer, repeated: tries > 1 };
    if (Date.now() > end)
      throw new Error(`${method} ${url}: ${answer === null ? 'no answer' : JSON.stringify(answer)} for ${PATIENCE_MS} ms`);
    await sleep(PAUSE_MS);
  }
}

async function once(rest: Rest, method: string, url: string, body: unknown): Promise<{ status: number; body: unknown } | null> {
  try {
    const answer = await fetch(url, {
      method,
      headers: { 'x-auth-token': rest.token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  } catch {
    return null;
  }
}
