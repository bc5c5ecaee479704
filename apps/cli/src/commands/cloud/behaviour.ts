/** `hearth cloud behaviour add|list|remove`: what the mini-cloud is to do to requests and objects that are like this. */
import { Failure, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Where } from '../../connect.ts';
import type { Console } from '../../console.ts';
import { tableLines } from '../stack-text.ts';
import { connectControl } from './control-client.ts';

export interface BehaviourFlags extends Where {
  readonly service?: string;
  readonly method?: string;
  readonly path?: string;
  readonly project?: string;
  readonly name?: string;
  readonly times?: string;
  readonly chance?: string;
  readonly seed?: string;
  readonly buildSeconds?: string;
  readonly transitionSeconds?: string;
  readonly errorAfterBuild?: string;
  readonly refuse?: string;
  readonly message?: string;
  readonly retryAfter?: string;
  readonly loseReply?: boolean;
  readonly delaySeconds?: string;
  readonly throttle?: string;
}

export interface RemoveFlags extends Where {
  readonly all?: boolean;
}

export async function addBehaviour(flags: BehaviourFlags, console: Console): Promise<number> {
  const wish = behaviourOf(flags);
  const answer = await (await connectControl(flags)).ask('POST', '/behaviours', wish);
  const behaviour = isJsonObject(answer) ? (answer.behaviour ?? null) : null;
  for (const line of behaviourLines(isJsonObject(behaviour) ? [behaviour] : [])) console.line(line);
  console.result(behaviour);
  return 0;
}

export async function listBehaviours(flags: Where, console: Console): Promise<number> {
  const answer = await (await connectControl(flags)).ask('GET', '/behaviours');
  const behaviours = isJsonObject(answer) && isJsonArray(answer.behaviours ?? null) ? (answer.behaviours as readonly JsonObject[]) : [];
  if (behaviours.length === 0) console.line('There are no behaviours. Add one with: hearth cloud behaviour add');
  else for (const line of behaviourLines(behaviours)) console.line(line);
  console.result(behaviours);
  return 0;
}

export async function removeBehaviour(id: string | undefined, flags: RemoveFlags, console: Console): Promise<number> {
  if ((id === undefined) === (flags.all !== true)) throw new Failure('configuration', 'name one behaviour by its id, or all with --all');
  const control = await connectControl(flags);
  if (id === undefined) {
    const answer = await control.ask('DELETE', '/behaviours');
    console.line(`Removed ${isJsonObject(answer) ? String(answer.removed) : 'all'}.`);
    console.result(answer);
    return 0;
  }
  await control.ask('DELETE', `/behaviours/${encodeURIComponent(id)}`);
  console.line(`Removed ${id}.`);
  console.result({ removed: 1 });
  return 0;
}

function behaviourOf(flags: BehaviourFlags): JsonObject {
  const { service, method, path, project, name, errorAfterBuild, message, loseReply } = flags;
  const texts = { service, method, path, project, name, errorAfterBuild };
  const { times, chance, seed, buildSeconds, transitionSeconds, delaySeconds } = flags;
  const numbers = { times, chance, seed, buildSeconds, transitionSeconds, delaySeconds };
  if (flags.refuse === undefined && (message !== undefined || flags.retryAfter !== undefined))
    throw new Failure('configuration', '--message and --retry-after belong to --refuse');
  const refuse = {
    ...numbersIn({ refuse: flags.refuse, retryAfter: flags.retryAfter }),
    ...(message === undefined ? {} : { message }),
  };
  const { refuse: status, ...rest } = refuse as Readonly<Record<string, Json>>;
  return {
    ...Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    ...numbersIn(numbers),
    ...(status === undefined ? {} : { refuse: { status, ...rest } }),
    ...(loseReply === true ? { loseReply } : {}),
    ...(flags.throttle === undefined ? {} : { throttle: { perSecond: numbersIn({ throttle: flags.throttle }).throttle ?? null } }),
  };
}

/** Those that were given. */
export function numbersIn(given: Readonly<Record<string, string | undefined>>): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [field, text] of Object.entries(given)) {
    if (text === undefined) continue;
    const number = Number(text);
    const flag = `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (text.trim() === '' || !Number.isFinite(number)) throw new Failure('configuration', `${flag} must be a number, not "${text}"`);
    found[field] = number;
  }
  return found;
}

const CRITERIA = ['service', 'method', 'path', 'project', 'name'];
const KEPT = ['id', 'times', 'used', 'chance', 'seed', 'created', ...CRITERIA];

function behaviourLines(behaviours: readonly JsonObject[]): readonly string[] {
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
  const pairs = (behaviour: JsonObject, isShown: (field: string) => boolean): string =>
    Object.entries(behaviour)
      .filter(([field]) => isShown(field))
      .map(([field, value]) => `${field}=${text(value)}`)
      .join(' ');
  return tableLines(
    ['WHERE', 'WHAT', 'USED', 'CHANCE', 'ID'],
    behaviours.map((one) => [
      pairs(one, (field) => CRITERIA.includes(field)) || 'everywhere',
      pairs(one, (field) => !KEPT.includes(field)),
      one.times === null ? text(one.used) : `${text(one.used)} of ${text(one.times)}`,
      text(one.chance),
      text(one.id),
    ]),
  );
}
