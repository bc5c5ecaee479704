/** Which calls are sent again, when, and how often: one table for silence and for answers. */
import { silenceOf } from './cloud-failure.ts';
import { GateClosed } from './gate.ts';
import { type HttpAnswer, type HttpRequest, retryAfterMs, type Transport } from './transport.ts';

export interface RepeatedCall {
  readonly request: Omit<HttpRequest, 'deadlineAt' | 'signal'>;
  /** For the call with all its repetitions, ms since 1970. */
  readonly deadlineAt: number;
  /** Doing it twice is the same as doing it once. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
}

const PAUSES_MS = [200, 800];

/** The last answer, whatever it is. Throws `CloudFailure` when there was none. */
export async function sendRepeatedly(transport: Transport, call: RepeatedCall): Promise<HttpAnswer> {
  const { request, deadlineAt, repeatable, signal } = call;
  const { timers } = transport;
  for (let tries = 0; ; tries++) {
    const steadyMs = PAUSES_MS[tries];
    const pauseMs = steadyMs === undefined ? undefined : steadyMs * (0.75 + transport.jitter() / 2);
    const mayPause = (ms: number | undefined): ms is number =>
      ms !== undefined && timers.now() + ms < deadlineAt && signal?.aborted !== true;
    let answer: HttpAnswer;
    try {
      answer = await transport.send({ ...request, deadlineAt, signal });
    } catch (error) {
      if (error instanceof GateClosed) throw error;
      const failure = silenceOf(`${request.service} at ${originOf(request.url)}`, error, !repeatable);
      if (failure.outcomeUnknown || !mayPause(pauseMs)) throw failure;
      await timers.sleep(pauseMs);
      continue;
    }
    const waitMs = repeatAfterMs(answer, request.method, repeatable, pauseMs);
    if (!mayPause(waitMs)) return answer;
    await timers.sleep(waitMs);
  }
}

/** When to send again after an answer; undefined: it stands. Throttling says that nothing was done, whatever the method. */
function repeatAfterMs(answer: HttpAnswer, method: string, repeatable: boolean, pauseMs: number | undefined): number | undefined {
  if (pauseMs === undefined) return undefined;
  if (answer.status === 429) return Math.max(pauseMs, retryAfterMs(answer.headers) ?? 0);
  const isPassing = [502, 503, 504].includes(answer.status) || (answer.status === 500 && method === 'GET');
  return repeatable && isPassing ? pauseMs : undefined;
}

export const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'a bad address');
