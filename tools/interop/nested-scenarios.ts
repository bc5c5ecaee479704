/** Every scenario of nested stacks, by the name of the file in testdata/nested that keeps what Heat showed. */
import { readFileSync } from 'node:fs';
import { byUrlScenarios } from './nested-by-url.ts';
import type { Facts } from './nested-cloud.ts';
import { groupScenarios } from './nested-groups.ts';
import { memberScenarios } from './nested-members.ts';
import { passedDownScenarios } from './nested-passed.ts';
import { refusalScenarios } from './nested-refusals.ts';
import type { Scenario } from './nested-run.ts';
import { templateScenarios } from './nested-templates.ts';

export const nestedScenarios: Readonly<Record<string, readonly Scenario[]>> = {
  groups: groupScenarios,
  members: memberScenarios,
  templates: templateScenarios,
  passed: passedDownScenarios,
  'by-url': byUrlScenarios,
  refusals: refusalScenarios,
};

const FOLDER = new URL('../../testdata/nested/', import.meta.url);
export const recordedFile = (set: string): URL => new URL(`${set}.json`, FOLDER);
export const recorded = (set: string): Readonly<Record<string, Facts>> =>
  JSON.parse(readFileSync(recordedFile(set), 'utf8')) as Readonly<Record<string, Facts>>;
