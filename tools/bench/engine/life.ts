/** The life of the stacks of a case through the REST API: made, changed as the case says, deleted; every phase until the API says that it is complete. */
import type { Rest, StackView } from '../../server/rest.ts';
import type { Resources } from '../workloads.ts';
import type { StackCase } from './cases.ts';

/** Stacks of one server, and whoever is measured there. */
export interface Orchestration {
  readonly rest: Rest;
  /** `…/v1/{project}/stacks`. */
  readonly stacks: string;
}

/** Told of each phase: it does the work, and measures as it likes. */
export type Measure = (phase: string, work: () => Promise<unknown>) => Promise<void>;

const LONGEST_MS = 1_800_000;
const FIRST_LOOK_MS = 10;
/** Looks cost the server something: the longer it takes, the fewer they are, and none is later than a fifth of the time it took. */
const LOOKS_GROW = 1.2;
const LONGEST_PAUSE_MS = 200;

export async function live({ rest, stacks }: Orchestration, one: StackCase, prefix: string, measure: Measure): Promise<void> {
  const names = Array.from({ length: one.stacks ?? 1 }, (_, i) => `${prefix}-${i}`);
  const urls: string[] = [];
  const each = (method: 'PUT' | 'DELETE', sent: unknown, answer: number, status: string) =>
    Promise.all(urls.map((url) => request(rest, method, url, sent, answer, status)));
  await measure('create', async () => {
    urls.push(...(await Promise.all(names.map((name) => create(rest, stacks, name, one)))));
  });
  for (const { name, template } of one.updates ?? []) await measure(name, () => each('PUT', body(template, one), 202, 'UPDATE_COMPLETE'));
  await measure('delete', () => each('DELETE', undefined, 204, 'DELETE_COMPLETE'));
}

const body = (resources: Resources, { files }: StackCase) => ({
  template: { heat_template_version: '2018-08-31', resources },
  ...(files === undefined ? {} : { files }),
  timeout_mins: 60,
});

async function create(rest: Rest, stacks: string, name: string, one: StackCase): Promise<string> {
  const sent = { stack_name: name, ...body(one.template, one) };
  const answer = await rest.call<{ stack: { id: string } }>('POST', stacks, sent);
  if (answer.status !== 201) throw new Error(`POST /stacks answered ${answer.status} ${JSON.stringify(answer.body)}`);
  const url = `${stacks}/${name}/${answer.body.stack.id}`;
  await settled(rest, url, 'CREATE_COMPLETE');
  return url;
}

async function request(rest: Rest, method: 'PUT' | 'DELETE', url: string, sent: unknown, wanted: number, status: string): Promise<void> {
  const answer = await rest.call(method, url, sent);
  if (answer.status !== wanted) throw new Error(`${method} answered ${answer.status} ${JSON.stringify(answer.body)}`);
  await settled(rest, url, status);
}

export async function settled(rest: Rest, url: string, wanted: string): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * LOOKS_GROW, LONGEST_PAUSE_MS)) {
    const { status, body: found } = await rest.call<{ stack: StackView }>('GET', `${url}?resolve_outputs=false`);
    const now = status === 404 ? 'DELETE_COMPLETE' : found.stack.stack_status;
    if (now === wanted) return;
    if (now.endsWith('_FAILED')) throw new Error(`${url} is ${now}: ${found.stack.stack_status_reason}`);
    if (Date.now() > end) throw new Error(`${url} is ${now} after ${LONGEST_MS / 60_000} minutes`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
