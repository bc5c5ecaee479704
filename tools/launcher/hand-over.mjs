/** Runs the real program with the chosen Node in front of the PATH; passes on signals and the exit code. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** npm and a closing terminal may deliver one Ctrl-C several times; repeats within this time are the same wish. */
const SAME_WISH_MS = 300;

/** Resolves to the exit code (128 + n when a signal ended the program). */
export function handOver(node, args, root) {
  const places = [path.dirname(node), path.join(root, 'node_modules/.bin'), process.env.PATH ?? ''];
  const child = spawn(node, args, { stdio: 'inherit', env: { ...process.env, PATH: places.join(path.delimiter) } });
  const lastAt = new Map();
  const pass = (signal) => {
    const now = Date.now();
    const repeated = now - (lastAt.get(signal) ?? 0) < SAME_WISH_MS;
    lastAt.set(signal, now);
    if (repeated || (signal === 'SIGINT' && terminalTellsChild())) return;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${node} cannot be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, pass);
      resolve(code ?? 128 + (os.constants.signals[signal] ?? 0));
    });
  });
}

/** A terminal sends Ctrl-C to its whole foreground group, the child included; passing it on would make it two. */
function terminalTellsChild() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // state ppid pgrp session tty tpgid …
    return fields[2] === fields[5];
  } catch {
    return process.stdin.isTTY === true; // no /proc (macOS)
  }
}
