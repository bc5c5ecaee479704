/** A session that answers from a table of paths, and remembers what it was asked. */
import { Failure, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { virtualTimers, type VirtualTimers } from '@hearth/testkit';
import { createCallerClouds, type CallerClouds } from '../caller-clouds.ts';
import { CloudFailure } from '../cloud-failure.ts';
import type { CloudRequest, Session } from '../session.ts';
import { sharedLooks } from '../shared-observation.ts';

export interface TableCloud {
  readonly clouds: CallerClouds;
  readonly timers: VirtualTimers;
  /** `network /extensions`, `dns /zones?name=x`. */
  readonly asked: string[];
  /** Sessions that were opened. */
  readonly opened: { count: number };
  /** Bodies by what is asked; what is not there is not found. A failure is thrown. */
  readonly answers: Map<string, Json | Failure>;
  /** Services that the catalogue does not have. */
  readonly absent: Set<string>;
}

export function tableCloud(): TableCloud {
  const asked: string[] = [];
  const answers = new Map<string, Json | Failure>();
  const absent = new Set<string>();
  const opened = { count: 0 };
  const timers = virtualTimers(0);
  const look = ({ service, path, query = {} }: Pick<CloudRequest, 'service' | 'path' | 'query'>): Json => {
    const given = Object.entries(query).map(([name, value]) => `${name}=${String(value)}`);
    const question = `${service} ${path}${given.length === 0 ? '' : `?${given.join('&')}`}`;
    asked.push(question);
    if (absent.has(service)) throw new Failure('configuration', `the cloud's catalogue has no ${service} service`);
    const answer = answers.get(question);
    if (answer instanceof Failure) throw answer;
    if (answer !== undefined) return answer;
    throw new CloudFailure('not-found', 'no such thing (HTTP 404)', { status: 404, requestId: null, outcomeUnknown: false });
  };
  const session = {
    timers,
    looks: sharedLooks(timers),
    request: async (request: CloudRequest) => look(request),
    async list(request: CloudRequest, key: string): Promise<readonly JsonObject[]> {
      const body = look(request);
      return isJsonObject(body) ? (body[key] as readonly JsonObject[]) : [];
    },
    endpoint: async (service: string) => (absent.has(service) ? null : `http://cloud/${service}`),
  };
  const clouds = createCallerClouds({
    timers,
    sessionWithToken() {
      opened.count++;
      return session as unknown as Session;
    },
  });
  return { clouds, timers, asked, opened, answers, absent };
}
