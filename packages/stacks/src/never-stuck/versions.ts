/** The definitions that a stack had: what changed from one to the next, and going back to any of them. */
import { isJsonObject, jsonEqual, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { listVersions, type StackRecord, type VersionRecord } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { ownStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { environmentFromJson } from '../stack-input.ts';
import { AS_IT_IS, updateStack } from '../update-stack.ts';

/** More than any setting keeps. */
const MOST_VERSIONS = 1_000;

export interface VersionView {
  readonly number: number;
  readonly madeAt: number;
  readonly madeBy: string | null;
  /** The version that this one is a return to. */
  readonly returnsTo: number | null;
  /** When the stack first was as it says; null: it never was. */
  readonly completedAt: number | null;
  /** What the stack shows as its template. */
  readonly isPresent: boolean;
  /** What it is to be now. */
  readonly isWanted: boolean;
  /** Against the version before, if that is known. */
  readonly changes: VersionChanges | null;
}
export interface VersionChanges {
  /** Names of resources. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** Names of parameters whose values differ: never the values. */
  readonly parameters: readonly string[];
  /** Outputs, files, conditions or whatever else differs. */
  readonly others: readonly string[];
}

export interface StackVersions {
  readonly stack: StackRecord;
  readonly versions: readonly VersionView[];
}

/** The newest first. */
export async function listStackVersions(ports: StackPorts, caller: Caller, key: StackKey): Promise<StackVersions> {
  const stack = await ownStack(ports.database, caller, key);
  const records = await listVersions(ports.database, ports.secretBox, stack.id, MOST_VERSIONS);
  return { stack, versions: records.map((record, i) => viewOf(stack, record, records[i + 1] ?? null)) };
}

export interface ShownVersion {
  readonly version: VersionView;
  readonly template: JsonObject;
  readonly files: readonly string[];
}

export async function showStackVersion(ports: StackPorts, caller: Caller, key: StackKey, number: number): Promise<ShownVersion> {
  const stack = await ownStack(ports.database, caller, key);
  const records = await listVersions(ports.database, ports.secretBox, stack.id, MOST_VERSIONS);
  const at = indexOf(stack, records, number);
  const record = records[at] as VersionRecord;
  const { template, files } = record.definition;
  return { version: viewOf(stack, record, records[at + 1] ?? null), template, files: Object.keys(files) };
}

/** An update to what the stack was to be then: checked, rolled back and cancelled as any other. */
export async function returnToVersion(ports: StackPorts, caller: Caller, key: StackKey, number: number): Promise<StackRecord> {
  const stack = await ownStack(ports.database, caller, key);
  const records = await listVersions(ports.database, ports.secretBox, stack.id, MOST_VERSIONS);
  const { definition } = records[indexOf(stack, records, number)] as VersionRecord;
  return updateStack(ports, caller, key, AS_IT_IS, { version: definition });
}

function indexOf(stack: StackRecord, records: readonly VersionRecord[], number: number): number {
  const at = records.findIndex(({ definition }) => definition.number === number);
  if (at >= 0) return at;
  const there = records.map(({ definition }) => definition.number).join(', ');
  throw new Refusal('not-found', 'VersionNotFound', `Stack ${stack.name} has no version ${number}; kept are ${there || 'none'}.`);
}

function viewOf(stack: StackRecord, record: VersionRecord, before: VersionRecord | null): VersionView {
  const { definition, madeAt, madeBy, returnsTo, completedAt } = record;
  return {
    number: definition.number,
    madeAt,
    madeBy,
    returnsTo,
    completedAt,
    isPresent: definition.id === stack.definitionId,
    isWanted: definition.id === stack.targetDefinitionId,
    changes: before === null ? null : changesBetween(before, record),
  };
}

function changesBetween({ definition: before }: VersionRecord, { definition: after }: VersionRecord): VersionChanges {
  const [was, is] = [sectionsOf(before.template), sectionsOf(after.template)];
  const names = differing(was.resources, is.resources);
  const parameters = differing(environmentFromJson(before.environment).parameters, environmentFromJson(after.environment).parameters);
  return {
    added: names.filter((name) => was.resources[name] === undefined),
    removed: names.filter((name) => is.resources[name] === undefined),
    changed: names.filter((name) => was.resources[name] !== undefined && is.resources[name] !== undefined),
    parameters,
    others: [...differing(was.others, is.others), ...differing(before.files, after.files)],
  };
}

/** In either language. */
function sectionsOf(template: JsonObject): { readonly resources: JsonObject; readonly others: JsonObject } {
  const { resources: hot, Resources: cfn, ...others } = template;
  const resources: Json = hot ?? cfn ?? {};
  return { resources: isJsonObject(resources) ? resources : {}, others };
}

const differing = (before: JsonObject, after: JsonObject): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !jsonEqual(before[name] ?? null, after[name] ?? null));
