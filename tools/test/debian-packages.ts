/** Installs the Debian packages that suites need, where that can be done: as root, with apt. Says what it does. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lacking } from './needs.ts';

const CLIENT = ['python3-openstackclient', 'python3-heatclient', 'python3-octaviaclient'];

/** Makes the stock client available when it can be; what stays missing is told by `lacking`. */
export function provideClient(print: (line: string) => void): void {
  if (lacking('openstack-client') === null) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  print(`test: installing ${CLIENT.join(' ')} with apt-get (needed by the suites that drive the stock client) …`);
  const startedAt = Date.now();
  const fault = apt(['update', '-q']) ?? apt(['install', '-y', '-q', '--no-install-recommends', ...CLIENT]);
  print(fault === null ? `test: installed in ${Math.round((Date.now() - startedAt) / 1000)} s` : `test: that failed: ${fault}`);
}

function apt(args: readonly string[]): string | null {
  const done = spawnSync('apt-get', args, { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  if (done.status === 0) return null;
  return (
    done.error?.message ?? (`${done.stdout}\n${done.stderr}`.trim().split('\n').slice(-5).join('\n      ') || `exit code ${done.status}`)
  );
}
