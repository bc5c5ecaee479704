/** Whether the server of the data folder runs, answers, reaches its database and has the same time as we. */
import { Failure, messageOf } from '@hearth/kernel';
import type { Where } from '../connect.ts';
import { dataFolder, isAlive, type Ready, readReady } from '../data-folder.ts';
import { fine, type Finding, problem } from './finding.ts';

const TIMEOUT_MS = 5_000;
/** Tokens carry times; clocks further apart than this make them look expired or not yet valid. */
const APART_MS = 60_000;

export async function checkServer(where: Where): Promise<readonly Finding[]> {
  const folder = dataFolder(where.data);
  let ready: Ready | null;
  try {
    ready = readReady(folder);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [problem('server', error.message, 'see above')];
  }
  if (ready === null) return [problem('server', `not running (no ready.json in ${folder})`, 'npm start')];
  if (!isAlive(ready.pid))
    return [problem('server', `process ${ready.pid} ended without a clean stop`, 'npm start: it goes on where the last one ended')];
  const running = fine('server', `process ${ready.pid}, ${ready.orchestration ?? 'without the orchestration API'}`);
  if (ready.orchestration === null) return [running];
  const health = await checkHealth(new URL('/healthcheck', ready.orchestration).href);
  const data = health[0]?.ok === true ? [await checkData(new URL('/metrics', ready.orchestration).href)] : [];
  return [running, ...health, ...data];
}

async function checkHealth(url: string): Promise<readonly Finding[]> {
  const askedAt = Date.now();
  let answer: Response;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return [problem('database', `${url} does not answer: ${messageOf(cause)}`, 'look at the log of the server; restart it when it hangs')];
  }
  const text = (await answer.text()).trim();
  const database = answer.ok
    ? fine('database', `reachable (${Date.now() - askedAt} ms)`)
    : problem(
        'database',
        `${answer.status} from ${url}: ${text.slice(0, 200)}`,
        'with --database-url check that server; otherwise look at database/ in the data folder and the log',
      );
  return [database, checkClock(answer.headers.get('date'), askedAt)];
}

/** What the server found when it last looked whether rows of its database point nowhere, which it does once a day. */
async function checkData(url: string): Promise<Finding> {
  let text: string;
  try {
    text = await (await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })).text();
  } catch (error) {
    return problem('data', `${url} does not answer: ${messageOf(error)}`, 'look at the log of the server');
  }
  const value = (name: string): string | null => new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? null;
  const [orphans, seconds] = [value('hearth_orphaned_rows'), value('hearth_integrity_check_seconds')];
  if (orphans === null || seconds === null) return fine('data', 'not looked at yet; the server does minutes after its first start');
  const when = new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace('T', ' ');
  if (orphans === '0') return fine('data', `nothing pointed nowhere (looked at ${when} UTC)`);
  return problem(
    'data',
    `${orphans} rows pointed nowhere (looked at ${when} UTC)`,
    'the log of the server names them (orphan-found); keep a copy of the database and report it',
  );
}

function checkClock(date: string | null, askedAt: number): Finding {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return fine('clock', new Date(askedAt).toISOString());
  const apartMs = Math.abs(theirs - askedAt);
  if (apartMs > APART_MS)
    return problem('clock', `${Math.round(apartMs / 1000)} s apart from the server's`, 'synchronise the clocks (timedatectl set-ntp true)');
  return fine('clock', "the same as the server's");
}
