/** What the types that keep a software config share: schemas of inputs and outputs, making, finding, reading and removing it. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import {
  a,
  c,
  CONFIG_TYPES,
  configInputs,
  configOutputs,
  done,
  p,
  type Call,
  type Done,
  type Live,
  type StoredConfig,
} from '@hearth/resource-kit';

export const UNGROUPED = 'Heat::Ungrouped';

/** Properties that say what a config takes and gives. */
export const entrySchemas = {
  inputs: p.listOf(
    p.mapOf({
      name: p.string('Name of the input.', { required: true }),
      description: p.string('What it is for.'),
      type: p.string('What its value must be.', { default: 'String', constraints: [c.oneOf(...CONFIG_TYPES)] }),
      default: p.any('The value when none is given.'),
      replace_on_change: p.boolean('Whether another value makes a new deployment instead of updating the old one.', { default: false }),
    })(''),
  )('What the config expects to be given.'),
  outputs: p.listOf(
    p.mapOf({
      name: p.string('Name of the output.', { required: true }),
      description: p.string('What it tells.'),
      type: p.string('What its value must be.', { default: 'String', constraints: [c.oneOf(...CONFIG_TYPES)] }),
      error_output: p.boolean('Whether a value here means that the deployment has failed.', { default: false }),
    })(''),
  )('What the config tells when it has been applied.'),
  options: p.map('Settings for the tool that applies the config.'),
} as const;

export const configAttribute: ReturnType<typeof a.any> = a.as('string')('The config as it is kept.');

interface Content {
  readonly group: string;
  readonly config: Json;
  readonly inputs?: Json;
  readonly outputs?: Json;
  readonly options?: Json;
}

export async function keepConfig({ configs, physicalName }: Call, content: Content): Promise<Done & { readonly physicalId: string }> {
  const id = await configs.create(physicalName, {
    name: physicalName,
    group: content.group,
    config: content.config,
    inputs: configInputs(content.inputs ?? null),
    outputs: configOutputs(content.outputs ?? null),
    options: content.options ?? {},
  });
  return done({ physicalId: id });
}

async function findConfig({ configs, physicalName }: Call): Promise<readonly string[]> {
  const id = await configs.find(physicalName);
  return id === null ? [] : [id];
}

async function removeConfig({ configs, physicalId }: Live): Promise<Done> {
  await configs.delete(physicalId);
  return done();
}

async function observeConfig({ configs, physicalId }: Live) {
  const stored = await configs.get(physicalId);
  return stored === null ? null : { config: stored.config, show: shownConfig(stored) };
}

/** Whatever the config is made of. A config never changes, so it is as it was made, or gone. */
export const keptConfig = { find: findConfig, delete: removeConfig, observe: observeConfig, liveProperties: () => ({}) } as const;

const shownConfig = ({ id, name, group, config, inputs, outputs, options, createdAt }: StoredConfig): JsonObject => ({
  id,
  name,
  group,
  creation_time: `${new Date(createdAt).toISOString().slice(0, 19)}Z`,
  config,
  inputs,
  outputs,
  options,
});

/** Defaults that are not what their type says. */
export function entryProblems({ inputs }: { readonly inputs?: readonly object[] | null }): readonly string[] {
  try {
    configInputs((inputs ?? []).filter((entry) => 'default' in entry) as unknown as Json);
    return [];
  } catch (error) {
    if (error instanceof Refusal) return [error.message];
    throw error;
  }
}
