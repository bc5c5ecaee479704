/** The checks of `npm run check`, each with what it looks at and what to do when it complains. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkLayers } from '../layers/check-layers.ts';
import { LAYERS } from '../layers/table.ts';
import { findingText, type Finding } from '../source/finding.ts';
import { repositoryFiles, ROOT } from '../source/repository-files.ts';
import { checkTidy } from '../tidy/check-tidy.ts';
import { KNOWN_SIZES } from '../tidy/known-sizes.ts';

export interface Check {
  readonly name: string;
  readonly what: string;
  /** The next thing to do when it fails. */
  readonly next: string;
  readonly run: () => Promise<Outcome>;
}

export interface Outcome {
  readonly ok: boolean;
  /** What is wrong; of no interest when all is well. */
  readonly text: string;
}

const REGISTRY = 'tools/registry/generate.ts';

export const CHECKS: readonly Check[] = [
  {
    name: 'types',
    what: 'every package by itself, then the tests',
    next: 'correct the first type error',
    run: () => nodeProgram('node_modules/typescript/bin/tsc', '-b', '--pretty', 'false'),
  },
  {
    name: 'format',
    what: 'formatting and lint',
    next: 'node_modules/.bin/biome check --write, and look at what it changed',
    run: () => nodeProgram('node_modules/@biomejs/biome/bin/biome', 'check', '--max-diagnostics=40', '--colors=off'),
  },
  {
    name: 'unused',
    what: 'files, exports and dependencies that nobody uses, or that nobody declared',
    next: 'remove what is unused, declare what is used',
    run: () => nodeProgram('node_modules/knip/bin/knip.js', '--no-progress'),
  },
  {
    name: 'layers',
    what: 'who imports whom',
    next: 'import through the layer below, or change the table with a reason',
    run: () => findings(checkLayers(repositoryFiles(), LAYERS)),
  },
  {
    name: 'tidy',
    what: 'rules of the house',
    next: 'correct the first line above',
    run: () => findings(checkTidy(repositoryFiles(), KNOWN_SIZES)),
  },
  ...(existsSync(path.join(ROOT, REGISTRY))
    ? [
        {
          name: 'registry',
          what: 'the generated list of resource types',
          next: `node ${REGISTRY}`,
          run: () => nodeProgram(REGISTRY, '--check'),
        },
      ]
    : []),
];

function findings(found: readonly Finding[]): Promise<Outcome> {
  return Promise.resolve({ ok: found.length === 0, text: found.map(findingText).join('\n') });
}

/** A program in JavaScript or TypeScript, with the Node that runs us. */
function nodeProgram(script: string, ...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(ROOT, script), ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    const keep = (chunk: Buffer): void => {
      text += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ ok: false, text: `${script} cannot be started: ${error.message}` }));
    child.on('close', (code) => resolve({ ok: code === 0, text: text === '' ? `exit code ${code}` : text }));
  });
}
