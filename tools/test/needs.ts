/** What suites may need beyond a checkout: how to see whether it is there, and whether CI may do without. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Need = 'openstack-client' | 'root' | 'templates' | 'testbed';

const root = path.resolve(import.meta.dirname, '../..');

/** Folders with other people's templates and with real services lie beside the checkout unless a variable says otherwise. */
export const templatesFolder = (): string => path.resolve(root, process.env['HEARTH_TEMPLATES'] ?? '../shared/templates');
export const testbedFolder = (): string => path.resolve(root, process.env['HEARTH_TESTBED'] ?? '../shared/testbed');

/** Needs that a full verdict (CI=true) may not do without. */
export const OBLIGATORY: ReadonlySet<Need> = new Set<Need>(['openstack-client', 'root']);

/** The client and the plug-ins whose commands suites use. */
const CLIENT_MODULES = ['openstackclient', 'heatclient', 'octaviaclient'];

/** Why a need is not met, in words for people; null when it is. */
export function lacking(need: Need): string | null {
  switch (need) {
    case 'root':
      return process.getuid?.() === 0 ? null : 'only root can do this';
    case 'openstack-client':
      return clientLacks();
    case 'templates':
      return existsSync(templatesFolder()) ? null : 'no folder of templates; name one in HEARTH_TEMPLATES';
    case 'testbed':
      return existsSync(path.join(testbedFolder(), 'up')) ? null : 'no real services; name their folder in HEARTH_TESTBED';
  }
}

/** The Python that runs the stock client, from the first line of the program; null where there is no client. */
export function clientPython(): string | null {
  const program = clientProgram();
  if (program === undefined) return null;
  const python = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(readFileSync(program, 'utf8').slice(0, 200));
  if (python === null) return null;
  return path.basename(python[1] ?? '') === 'env' ? (python[2] ?? 'python3') : (python[1] ?? 'python3');
}

const clientProgram = (): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, 'openstack'))
    .find(isExecutable);

/** The stock client with its plug-ins; asking it to print its help would take seconds, so its Python is asked. */
function clientLacks(): string | null {
  if (clientProgram() === undefined)
    return 'the program "openstack" is not installed (Debian: python3-openstackclient python3-heatclient python3-octaviaclient)';
  const python = clientPython();
  if (python === null) return 'the program "openstack" is no Python script';
  const code =
    'import importlib.util as u, sys; print(*[m for m in sys.argv[1:] if not u.find_spec(m)]); sys.exit(any(not u.find_spec(m) for m in sys.argv[1:]))';
  const asked = spawnSync(python, ['-c', code, ...CLIENT_MODULES], { encoding: 'utf8' });
  return asked.status === 0
    ? null
    : `"openstack" lacks ${asked.stdout?.trim() || 'its modules'} (Debian: python3-heatclient python3-octaviaclient)`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
