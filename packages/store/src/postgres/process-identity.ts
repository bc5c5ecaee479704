/** Telling whether a recorded process still is the one that was recorded: ids are used again, in containers within seconds. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A zombie still has its number but does nothing any more.
  return procStat(pid)?.state !== 'Z';
}

/** When the process began, as an opaque text that no other process with this id has; null when it does not exist. */
export function birthOf(pid: number): string | null {
  if (!isAlive(pid)) return null;
  const stat = procStat(pid);
  if (stat !== null) return `${bootId()} ${stat.startTicks}`;
  const answer = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const text = (answer.stdout ?? '').trim();
  return text === '' ? null : text;
}

/** True when `pid` is a PostgreSQL server working in `clusterFolder` (where the system tells: else any PostgreSQL). */
export function isPostmasterOf(pid: number, clusterFolder: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === clusterFolder;
    } catch {
      return false;
    }
  }
  const answer = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return /postgres/.test(answer.stdout ?? '');
}

function procStat(pid: number): { state: string; startTicks: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command stands in parentheses and may hold anything; the fields follow the last one.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: fields[19] ?? '' };
  } catch {
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
