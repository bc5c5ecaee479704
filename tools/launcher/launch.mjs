/**
 * What stands behind `npm start|dev|test|check|bench|sim|chaos|interop|fuzz` and `./bin/hearth`. Runs on Node 20 without any dependency:
 * installs what the lock file says when it is not there yet, finds a Node that runs TypeScript, and hands over to the real program.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installIfNeeded, InstallFailed } from './install.mjs';
import { findNode, NodeMissing } from './find-node.mjs';
import { handOver } from './hand-over.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Target word → script and its fixed first arguments; `watch` restarts it when a source file it imports changes. */
const targets = {
  start: { script: 'apps/server/src/main.ts', first: ['start'] },
  dev: { script: 'apps/server/src/main.ts', first: ['start'], watch: true },
  operate: { script: 'apps/server/src/main.ts', first: [] },
  serve: { script: 'apps/server/src/main.ts', first: ['serve'] },
  test: { script: 'tools/test/run.ts', first: [] },
  check: { script: 'tools/check/run.ts', first: [] },
  bench: { script: 'tools/bench/run.ts', first: [] },
  sim: { script: 'tools/sim/run.ts', first: [] },
  chaos: { script: 'tools/chaos/run.ts', first: [] },
  interop: { script: 'tools/interop/run.ts', first: [] },
  fuzz: { script: 'tools/fuzz/run.ts', first: [] },
  cli: { script: 'apps/cli/src/main.ts', first: [] },
};

/** What works on the server's own files and database is the server program's; the command line may not know it. */
const OPERATOR_COMMANDS = ['state', 'keys'];

/** The command line may not know the server; `hearth serve` is therefore decided here. */
function choose(word, args) {
  if (word === 'cli' && args[0] === 'serve') return { target: targets.serve, args: args.slice(1) };
  if (word === 'cli' && OPERATOR_COMMANDS.includes(args[0])) return { target: targets.operate, args };
  return { target: Object.hasOwn(targets, word) ? targets[word] : undefined, args };
}

async function main() {
  const [word = '', ...rest] = process.argv.slice(2);
  const { target, args } = choose(word, rest);
  if (target === undefined) {
    console.error(`hearth: unknown command "${word}"; one of: ${Object.keys(targets).join(', ')}`);
    return 2;
  }
  if (!existsSync(path.join(root, target.script))) {
    console.error(`hearth: ${target.script} is missing from this checkout; get a complete clone (git status, git checkout .)`);
    return 2;
  }
  await installIfNeeded(root);
  const node = findNode(root);
  const watch = target.watch ? ['--watch', '--watch-preserve-output'] : [];
  const flags = ['--disable-warning=ExperimentalWarning', ...watch];
  return await handOver(node, [...flags, path.join(root, target.script), ...target.first, ...args], root);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    const expected = error instanceof InstallFailed || error instanceof NodeMissing;
    console.error(expected ? `hearth: ${error.message}` : error);
    process.exitCode = 1;
  },
);
