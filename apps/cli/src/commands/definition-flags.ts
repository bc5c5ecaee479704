/** Environments and parameters, as they are given beside a template; and what is sent of them. */
import type { Command } from 'commander';
import type { Where } from '../connect.ts';
import { parametersFrom, parametersFromFiles, type TemplateFiles } from '../template-files.ts';
import { collect } from './command-frame.ts';

export interface DefinitionFlags extends Where {
  readonly environment: readonly string[];
  readonly parameter: readonly string[];
  readonly parameterFile: readonly string[];
}

export const withDefinition = (command: Command): Command =>
  command
    .option('-e, --environment <file>', 'environment file; may be given several times, each above those before it', collect, [])
    .option('-P, --parameter <key=value>', 'a parameter; may be given several times', collect, [])
    .option('--parameter-file <key=path>', 'a parameter whose value is the content of a file; may be given several times', collect, []);

type Parameters = Readonly<Record<string, string>>;

export const parametersOf = ({ parameter, parameterFile }: DefinitionFlags): Parameters => ({
  ...parametersFromFiles(parameterFile),
  ...parametersFrom(parameter),
});

export interface SentDefinition {
  readonly template: string;
  readonly files: Readonly<Record<string, string>>;
  readonly parameters: Parameters;
  /** Absent when there are none: an empty list would hide the environment that is sent besides, or that a stack has. */
  readonly environmentFiles?: readonly string[];
}

export const sentDefinition = ({ template, environments, files }: TemplateFiles, parameters: Parameters): SentDefinition => ({
  template,
  files: { ...files, ...Object.fromEntries(environments.map(({ name, text }) => [name, text])) },
  parameters,
  ...(environments.length === 0 ? {} : { environmentFiles: environments.map(({ name }) => name) }),
});
