/** What the types that scale share, in the native notation and in CloudFormation's: limits of sizes, steps, and how members are changed. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { isFilled, needsValue } from './combinations.ts';
import type { OtherDefinitions, RawDefinition } from './contract.ts';
import { p } from './kit.ts';
import type { Constraint } from './schema.ts';

export interface ScalingSizes {
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Null: none is wanted in particular. */
  readonly desired: number | null | undefined;
}

/** What is wrong with the sizes of a group, in the words that users of Heat know; a size that is not known yet is `undefined`. */
export function sizeProblems({ min, max, desired }: ScalingSizes): readonly string[] {
  if (min !== undefined && max !== undefined && max < min) return ['MinSize can not be greater than MaxSize'];
  if (min !== undefined && min < 0) return ['The size of AutoScalingGroup can not be less than zero'];
  if (desired === undefined || desired === null) return [];
  const isOutside = (min !== undefined && desired < min) || (max !== undefined && desired > max);
  return isOutside ? ['DesiredCapacity must be between MinSize and MaxSize'] : [];
}

export interface StepRule {
  readonly typeName: string;
  readonly stepName: string;
  /** The one type of adjustment that takes a least step. */
  readonly percent: string;
}

/** A least step goes with percentages only; one of 0 counts as given. */
export function stepProblems(type: string | undefined, step: number | null | undefined, rule: StepRule): readonly string[] {
  const isGiven = step !== undefined && step !== null;
  return isGiven && isFilled(type) && type !== rule.percent ? [needsValue(rule.stepName, rule.typeName, rule.percent)] : [];
}

const DURATION: Constraint = {
  kind: 'allowed-pattern',
  pattern: 'PT([0-9]+H)?([0-9]+M)?([0-9]+S)?',
  message: 'Only ISO 8601 duration format of the form PT#H#M#S is supported.',
};

/** How the update policy of a group of instances says that its members are changed. */
export const instanceRolling = p.mapOf({
  MinInstancesInService: p.integer('How many servers stay as they are at any time.', { default: 0 }),
  MaxBatchSize: p.integer('How many servers at most are changed at once.', { default: 1 }),
  PauseTime: p.string('Pause between batches, such as PT1M30S.', { default: 'PT0S', constraints: [DURATION] }),
})('How the servers are changed when what they are like does.');

const DURATION_PARTS = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/;
const HOUR_SECONDS = 3600;

/** Pauses between batches of instances last an hour at most. `rolling` is the part of the policy that has the pause. */
export function pauseProblems(rolling: Json | undefined): readonly string[] {
  const pause = isJsonObject(rolling) ? rolling['PauseTime'] : undefined;
  const parts = typeof pause === 'string' ? DURATION_PARTS.exec(pause) : null;
  if (parts === null) return [];
  const [hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
  return hours * HOUR_SECONDS + minutes * 60 + seconds > HOUR_SECONDS ? ['Maximum PauseTime is 1 hour.'] : [];
}

/** A launch configuration that is named, and not referred to, must at least be there and come first. */
export function launchConfigurationProblems({ properties, requires }: RawDefinition, others: OtherDefinitions): readonly string[] {
  const { LaunchConfigurationName: name }: JsonObject = properties;
  if (typeof name !== 'string' || name === '') return [];
  const at = `LaunchConfigurationName (${name})`;
  if (others.named(name) === null) return [`${at} reference can not be found.`];
  const isFirst = requires === undefined || requires.includes(name);
  return isFirst ? [] : [`${at} requires a reference to the configuration not just the name of the resource.`];
}
