/** The rules of the house that the compiler and the linter do not know, each as a search with the places where it does not hold. */
import { isSource, isTest } from '../source/repository-files.ts';
import { lineAt, type ScannedSource } from '../source/scan-source.ts';

export interface Subject extends ScannedSource {
  readonly path: string;
  readonly source: string;
}

export interface Rule {
  readonly name: string;
  /** Whether the rule holds for this file. */
  readonly holds: (path: string) => boolean;
  /** What to do instead. */
  readonly advice: string;
  /** Lines that break it, 1-based; 0 for the file as a whole. */
  readonly breaches: (subject: Subject) => readonly number[];
}

/** Lines where a pattern with the flag `g` is found in the code (not in texts and comments). */
const inCode =
  (pattern: RegExp) =>
  ({ source, code }: Subject): readonly number[] =>
    [...code.matchAll(pattern)].map((match) => lineAt(source, match.index + (match[0].length - match[0].trimStart().length)));

const inLiterals =
  (pattern: RegExp) =>
  ({ source, literals }: Subject): readonly number[] =>
    literals.filter(({ text }) => pattern.test(text)).map(({ at }) => lineAt(source, at));

const isConfiguration = (path: string): boolean => /^[\w.-]+\.config\.ts$/.test(path);
const isProgram = (path: string): boolean => /^(apps|tools)\//.test(path);
const isSqlRoom = (path: string): boolean => /^packages\/(store|testkit)\/|^packages\/minicloud\/(src\/store|migrations)\//.test(path);

/** The start of a statement, long enough not to be English: `update the list` is not SQL, `update x set` is. */
const SQL =
  /^\s*(select\s+[\s\S]*\bfrom\s+\S|select\s+\d|insert\s+into\s+\S|update\s+\S+\s+(as\s+\w+\s+)?set\s|delete\s+from\s+\S|(create|alter|drop|truncate)\s+(table|index|schema|type)\s|with\s+(recursive\s+)?\w+\s*(\([^)]*\))?\s*as\s*(materialized\s*)?\()/i;

export const RULES: readonly Rule[] = [
  {
    name: 'header',
    holds: isSource,
    advice: 'open the file with a comment of one to five lines that says what it is for',
    breaches: ({ source }) => (hasHeader(source) ? [] : [1]),
  },
  {
    name: 'default-export',
    holds: (path) => isSource(path) && !isConfiguration(path),
    advice: 'export by name',
    breaches: inCode(/^\s*export\s+default\b|\bas\s+default\b/gm),
  },
  {
    name: 'export-all',
    holds: isSource,
    advice: 'list the public names',
    breaches: inCode(/^\s*export\s*\*/gm),
  },
  {
    name: 'bare-error',
    holds: (path) => isSource(path) && /^(packages|apps)\//.test(path) && !isTest(path),
    advice: 'throw a Refusal, a Failure or a Bug of the kernel: errors have a code',
    breaches: inCode(/\bnew\s+Error\s*\(/g),
  },
  {
    name: 'environment',
    holds: (path) => isSource(path) && !isProgram(path) && !isTest(path) && !isConfiguration(path),
    advice: 'only apps and tools read the environment, arguments, or end the program; pass in what is needed',
    breaches: inCode(/\bprocess\s*\.\s*(env|argv|exit|exitCode|cwd)\b/g),
  },
  {
    name: 'clock',
    holds: (path) => isSource(path) && !isProgram(path) && !isTest(path),
    advice: 'take a Clock, Timers or Random of the kernel as an argument',
    breaches: inCode(/\bDate\s*\.\s*now\s*\(|\bMath\s*\.\s*random\s*\(|\bnew\s+Date\s*\(\s*\)/g),
  },
  {
    name: 'sql',
    holds: (path) => isSource(path) && /^(packages|apps)\//.test(path) && !isSqlRoom(path) && !isTest(path),
    advice: 'SQL belongs to packages/store and packages/minicloud/src/store; call a function there',
    breaches: inLiterals(SQL),
  },
  {
    name: 'reveal-secret',
    holds: (path) =>
      isSource(path) &&
      !/^packages\/(kernel|cloud-[\w-]+|store|minicloud\/src\/keystone)\/|^(apps|tools)\//.test(path) &&
      path !== 'packages/client/src/session.ts' &&
      !isTest(path),
    advice: 'secrets are unwrapped in cloud-*, store, the Keystone of the mini-cloud and the programs; pass the Secret on',
    breaches: inCode(/\brevealSecret\s*\(|\bSecret\s*\.\s*reveal\b/g),
  },
  {
    name: 'file-name',
    holds: (path) => /^(packages|apps|tools|tests)\/.*\.(ts|mjs|sql)$/.test(path),
    advice: 'name the file for what it holds, in lower case with dashes; never utils, types, common, helpers',
    breaches: ({ path }) => (isNamedWell(path) ? [] : [0]),
  },
  {
    name: 'machine-path',
    holds: (path) => path !== 'tools/tidy/rules.ts' && path !== 'tools/tidy/rules.test.ts',
    advice: 'name no folder of one machine; make the path relative or a setting',
    breaches: ({ source }) =>
      [...source.matchAll(/(?<![\w.}/-])\/(work|root|Users\/\w+|home\/(?!\.)\w+)\/[\w.]/g)].map((match) => lineAt(source, match.index)),
  },
  {
    name: 'unfinished',
    holds: (path) => isSource(path) && path !== 'tools/tidy/rules.ts',
    advice: 'finish it, or write an issue about it',
    breaches: ({ source, literals }) => {
      const inText = (at: number): boolean => literals.some((literal) => literal.at < at && at <= literal.at + literal.text.length);
      return [...source.matchAll(/\b(TODO|FIXME|XXX|HACK)\b/g)]
        .filter((match) => !inText(match.index))
        .map((match) => lineAt(source, match.index));
    },
  },
];

/** A sketch of folders may need a few lines more than the sentence does. */
const LONGEST_HEADER = 10;

function hasHeader(source: string): boolean {
  const text = source.replace(/^#!.*\n/, '');
  const block = /^\/\*\*?[\s\S]*?\*\//.exec(text)?.[0];
  if (block !== undefined) return block.split('\n').length <= LONGEST_HEADER;
  return /^\/\/ \S/.test(text);
}

function isNamedWell(path: string): boolean {
  const name =
    path
      .split('/')
      .at(-1)
      ?.replace(/(\.(test|gen|config))*\.\w+$/, '') ?? '';
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && !/^(utils?|types|common|helpers?|misc|shared|managers?|stuff)$/.test(name);
}
