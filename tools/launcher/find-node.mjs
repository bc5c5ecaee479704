/** Finds a Node that runs TypeScript sources directly: the one running this, or the one installed with the dependencies. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** No Node is new enough; the message says what to install. */
export class NodeMissing extends Error {}

/** Types are stripped without a flag from 22.18 on, and in the 23 line from 23.6 on. */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major === 22) return minor >= 18;
  if (major === 23) return minor >= 6;
  return major > 23;
}

/** Path of the program to use. */
export function findNode(
  root,
  { version = process.version, execPath = process.execPath, platform = process.platform, arch = process.arch } = {},
) {
  if (runsTypeScript(version)) return execPath;
  const name = platform === 'darwin' ? `node-bin-darwin-${arch}` : `node-${platform}-${arch}`;
  const program = path.join(root, 'node_modules', name, 'bin/node');
  const advice = `install Node 22.18 or newer (24 is what is tested) and start again; this is Node ${version.replace(/^v/, '')}`;
  if (!existsSync(program)) throw new NodeMissing(`there is no ready-made Node for ${platform} on ${arch}: ${advice}`);
  const tried = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (tried.status === 0 && runsTypeScript(tried.stdout.trim())) return program;
  const why = tried.error?.message ?? (tried.stderr.trim() || `it says it is ${tried.stdout.trim()}`);
  throw new NodeMissing(`${program} does not run here (${why}): ${advice}`);
}
