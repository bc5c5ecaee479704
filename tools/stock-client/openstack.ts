/** Runs the stock `openstack` command against a cloud of a clouds.yaml. */
import { spawn } from 'node:child_process';

export interface OpenStackCommand {
  /** Output as text; throws with the client's own words when it exits non-zero. */
  text(...args: string[]): Promise<string>;
  /** Output of `-f json`. */
  json<T>(...args: string[]): Promise<T>;
  /** Exit code and both outputs, whatever they are. */
  attempt(...args: string[]): Promise<{ readonly code: number; readonly output: string }>;
}

export interface OpenStackTarget {
  readonly cloudsFile: string;
  readonly cloud: string;
  /** Entry of the same file for stack commands, where they go to another region than the rest. */
  readonly orchestrationCloud?: string;
}

const COMMAND_TIMEOUT_MS = 180_000;

export const openstackCommand = (target: OpenStackTarget): OpenStackCommand => commandOf((...args) => run(target, args));

/** `attempt`: how a command is run. */
export function commandOf(attempt: OpenStackCommand['attempt']): OpenStackCommand {
  const text = async (...args: string[]) => {
    const { code, output } = await attempt(...args);
    if (code !== 0) throw new Error(`openstack ${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  };
  return { attempt, text, json: async <T>(...args: string[]) => JSON.parse(await text(...args, '-f', 'json')) as T };
}

function run(target: OpenStackTarget, args: readonly string[]): Promise<{ code: number; output: string }> {
  const isOrchestration = args[0] === 'stack' || args[0] === 'orchestration' || args[0] === 'software';
  const cloud = isOrchestration ? (target.orchestrationCloud ?? target.cloud) : target.cloud;
  // The environment may hold OS_* settings of a person at work; only ours count.
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OS_')));
  const env = { ...inherited, OS_CLIENT_CONFIG_FILE: target.cloudsFile, OS_CLOUD: cloud, PYTHONWARNINGS: 'ignore' };
  return new Promise((resolve, reject) => {
    const child = spawn('openstack', [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const limit = setTimeout(() => child.kill('SIGKILL'), COMMAND_TIMEOUT_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code: code ?? -1, output: code === 0 ? stdout : `${stdout}${stderr}` });
    });
  });
}
