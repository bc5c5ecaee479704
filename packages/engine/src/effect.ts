/**
 * Performs one step on one resource: calls the handler, once more where that is safe, and answers with an outcome. Never throws for what the
 * cloud does; never writes. Interrupted creations are looked for before they are tried again.
 */
import { Failure, isJsonObject, type Json, type JsonObject, type Log, messageOf, type Random, type Timers } from '@hearth/kernel';
import {
  type Call,
  type ConfigShelf,
  NeedsReplacement,
  type Progress,
  type Registry,
  ResourceFailed,
  type ResourceType,
  type SignalShelf,
} from '@hearth/resource-kit';
import type { EngineStore, ResourceAction, ResourceRecord, StackRecord } from '@hearth/store';
import { adoptedIdOf } from './adoption.ts';
import type { CallLimit } from './call-limit.ts';
import type { CompiledDefinition } from './compiled.ts';
import { askedAttributes, changedProperties } from './comparison.ts';
import { beginHandOver, continueHandOver } from './handing-over.ts';
import { beginDeletion, checkDeletion, liveOf, removeExtra } from './deletion.ts';
import { presentProperties } from './drift.ts';
import { isGiving, isHandingOver } from './hand-over.ts';
import { leftBy } from './left-by.ts';
import { performNested } from './nested.ts';
import { maskedReason } from './masked-reason.ts';
import type { Outcome } from './outcome.ts';
import type { EnginePorts } from './ports.ts';
import { isClearing, restMs } from './retries.ts';
import { pollDelayMs, retryDelayMs } from './retry.ts';
import { externalIdOf } from './transitions.ts';
import { isVisitAction } from './visits.ts';

const LEASE_POLL_MS = 200;

export interface EffectPorts<C> {
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly calls: CallLimit;
  /** Clients bound to the stack's credentials; may log in. */
  readonly cloud: () => Promise<C>;
  /** The software configs of the stack's project. */
  readonly configs: ConfigShelf;
  /** Signals to resources of the stack. */
  readonly signals: SignalShelf;
  /** False once this process may no longer act for the stack: no call is begun. */
  readonly mayCall: () => boolean;
  readonly guard?: EnginePorts<C>['guard'];
  /** The stack that the row belongs to, and the definition it is being brought to (null: none). */
  readonly stack: StackRecord;
  readonly target: () => CompiledDefinition | null;
  /** How children stand. */
  readonly store: Pick<EngineStore, 'load' | 'childStates' | 'heldByOthers'>;
  readonly registry: Registry;
}

export interface Effect {
  readonly row: ResourceRecord;
  /** `begin`: the step's first call. `check`: a look at a waiting row. `verify`: the look for late leftovers. */
  readonly kind: 'begin' | 'check' | 'verify';
  /** The step may have been begun before, by another owner. */
  readonly resumed: boolean;
  /** Attributes that somebody asks for (`*`: all), read when the step is done. */
  readonly wanted: ReadonlySet<string>;
  /** Ids of what has taken the row's place, when it takes back what it gave. */
  readonly successors?: readonly string[];
  /** Looks so far, for the growing pause. */
  readonly looks: number;
  readonly cancel: AbortSignal;
}

/** The run gives up the effect without an outcome: the lease is lost, or the process stops. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

export async function perform<C>(
  effect: Effect,
  type: ResourceType<C>,
  ports: EffectPorts<C>,
  report: (outcome: Outcome) => void,
): Promise<Outcome> {
  let tries = 0;
  let outcomeUnknown = effect.resumed;
  for (;;) {
    tries++;
    try {
      if (type.composite !== undefined) return await performNested(effect, type.composite, ports);
      const progress = await ports.calls.run(async () => {
        const call = await callOf(effect, ports);
        if (effect.cancel.aborted) throw new Abandoned('cancelled');
        const mayGo = (): boolean => ports.mayCall() && !effect.cancel.aborted;
        const work = (): Promise<Outcome> => attempt(effect, type, call, outcomeUnknown, ports);
        return ports.guard === undefined ? work() : ports.guard(mayGo, work);
      }, [ports.stack.projectId, ports.stack.id]);
      return progress;
    } catch (error) {
      if (error instanceof Abandoned) throw error;
      if (error instanceof Failure && error.code === 'lease-lost') {
        // Held back in the middle of the step: what it had begun is looked for, be it here or by the next owner.
        outcomeUnknown = true;
        await untilOwner(effect, ports);
        continue;
      }
      const masked = (reason: string): string => maskedReason(reason, type, effect.row, ports.target());
      const verdict = verdictOf(error, effect, tries, ports.random.next());
      const reason = masked(messageOf(error));
      if (verdict.kind === 'outcome')
        return effect.kind === 'verify' ? notVerified(effect, reason, ports.log) : withReason(verdict.outcome, masked);
      outcomeUnknown ||= type.isFoundByPlace !== true || isUnheard(error);
      if (effect.kind !== 'verify')
        report({ kind: 'trying', reason: `${reason} (trying again, ${tries} so far)`, mayLand: isUnheard(error) });
      ports.log.warn('call-failed', {
        resource: effect.row.name,
        stack: effect.row.stackId,
        reason,
        retryInMs: Math.round(verdict.afterMs),
      });
      await ports.timers.sleep(verdict.afterMs);
      if (effect.cancel.aborted) throw new Abandoned('cancelled');
    }
  }
}

/** The row has long ended its step: a look for leftovers that cannot be had must neither fail it nor be repeated for ever. */
function notVerified({ row }: Effect, reason: string, log: Log): Outcome {
  log.warn('leftovers-not-verified', { resource: row.name, stack: row.stackId, reason });
  return { kind: 'verified' };
}

const withReason = (outcome: Outcome, masked: (reason: string) => string): Outcome =>
  outcome.kind === 'failed' || outcome.kind === 'replace' ? { ...outcome, reason: masked(outcome.reason) } : outcome;

type Verdict = { readonly kind: 'outcome'; readonly outcome: Outcome } | { readonly kind: 'again'; readonly afterMs: number };

function verdictOf(error: unknown, effect: Effect, tries: number, jitter: number): Verdict {
  const isDelete = effect.row.action === 'DELETE';
  if (error instanceof NeedsReplacement && effect.row.action === 'UPDATE' && !isGiving(effect.row))
    return { kind: 'outcome', outcome: { kind: 'replace', reason: error.message } };
  if (error instanceof ResourceFailed)
    return failed(error.type === '' ? error.message : `${error.type}: ${error.message}`, {
      ...(error.type === LET_FAIL && { mayBeTriedAgain: true }),
      ...(error instanceof FoundBroken && { isBroken: true }),
    });
  if (error instanceof Failure) {
    if (isDelete && error.code === 'not-found')
      return { kind: 'outcome', outcome: { kind: 'done', physicalId: null, data: null, attributes: null } };
    const afterMs = retryDelayMs(error, tries, jitter);
    return afterMs === null ? failed(`${FAILURE_CLASS[error.code] ?? 'Error'}: ${error.message}`) : { kind: 'again', afterMs };
  }
  // A bug in a handler: fail this resource with what is known, never the process.
  return failed(`Error: ${messageOf(error)}`);
}
/** Nobody knows whether the cloud heard the call. */
const isUnheard = (error: unknown): boolean => error instanceof Failure && (error.code === 'unavailable' || error.code === 'unknown');
/** Heat's class for what was begun well and went wrong in the cloud. */
const LET_FAIL = 'ResourceInError';
const failed = (reason: string, more: Omit<Outcome & { kind: 'failed' }, 'kind' | 'reason'> = {}): Verdict => ({
  kind: 'outcome',
  outcome: { kind: 'failed', reason, ...more },
});

/** The exception classes that Heat shows in status reasons for such answers. */
const FAILURE_CLASS: Readonly<Record<string, string>> = {
  'not-found': 'NotFound',
  conflict: 'Conflict',
  'over-quota': 'OverQuota',
  forbidden: 'Forbidden',
  invalid: 'BadRequest',
  unauthorized: 'Unauthorized',
};

export async function callOf<C>(effect: Pick<Effect, 'row' | 'cancel'>, ports: EffectPorts<C>): Promise<Call<C>> {
  await untilOwner(effect, ports);
  const cloud = await ports.cloud();
  // Logging in may have taken longer than the lease lasted.
  await untilOwner(effect, ports);
  const { row } = effect;
  return {
    cloud,
    configs: ports.configs,
    signals: ports.signals,
    metadata: row.metadata,
    props: isHandingOver(row) ? row.properties : (row.pending ?? row.properties),
    physicalName: row.physicalName,
    stackId: row.stackId,
    stackName: ports.stack.name,
    projectId: ports.stack.projectId,
    rootStackId: ports.stack.rootId,
    resourceName: row.name,
    startedAt: row.startedAt,
    now: ports.timers.now(),
    random: ports.random,
    cancel: effect.cancel,
    log: ports.log,
  };
}

/** A lease that is renewed late may come back; one that is lost cancels the effect. */
async function untilOwner<C>(effect: Pick<Effect, 'cancel'>, ports: EffectPorts<C>): Promise<void> {
  while (!ports.mayCall() && !effect.cancel.aborted) await ports.timers.sleep(LEASE_POLL_MS);
  if (effect.cancel.aborted) throw new Abandoned('not the owner any more');
}

async function attempt<C>(
  effect: Effect,
  type: ResourceType<C>,
  call: Call<C>,
  outcomeUnknown: boolean,
  ports: EffectPorts<C>,
): Promise<Outcome> {
  const externalId = externalIdOf(effect.row);
  if (externalId !== null) return lookAt(effect, type, call, externalId);
  const adoptedId = adoptedIdOf(effect.row);
  if (adoptedId !== null) return takeIn(effect, type, call, adoptedId);
  if (effect.kind === 'verify') return verify(effect, type, call, ports);
  if (effect.row.action === 'CHECK') return lookWell(effect, type, call);
  if (isClearing(effect.row)) return clear(effect, type, call, ports);
  const progress = await (effect.kind === 'check' ? check(effect, type, call, ports) : begin(effect, type, call, outcomeUnknown, ports));
  const { row } = effect;
  if (progress.kind === 'wait') {
    const afterMs = progress.isSteady === true ? progress.afterMs : pollDelayMs(progress.afterMs, effect.looks, ports.random.next());
    return {
      kind: 'wait',
      physicalId: progress.physicalId ?? null,
      data: progress.data ?? null,
      token: progress.token,
      afterMs,
      saw: progress.saw,
    };
  }
  const physicalId = progress.physicalId ?? row.physicalId;
  const data = progress.data ?? null;
  if (row.action === 'DELETE' || isVisitAction(row.action) || isHandingOver(row) || physicalId === null || effect.wanted.size === 0)
    return { kind: 'done', physicalId, data, attributes: null };
  const observed =
    progress.observed ??
    (await type.observe({ ...call, physicalId, data: data ?? row.data, ...(effect.wanted.has('*') ? {} : { wanted: effect.wanted }) }));
  if (observed === null) throw new ResourceFailed(`${row.type} ${physicalId} disappeared while it was being made`, 'NotFound');
  return { kind: 'done', physicalId, data, attributes: asked(effect, type, observed) };
}

/** Only what was asked for is kept: what is not there was not read, and is read when somebody asks. */
const asked = <C>(effect: Effect, type: ResourceType<C>, observed: JsonObject): JsonObject =>
  Object.fromEntries(askedAttributes(type as ResourceType, effect.wanted).map((name) => [name, observed[name] ?? null]));

/** What is there without us is never made, changed or deleted: creating and updating are a look whether it is there. */
async function lookAt<C>(effect: Effect, type: ResourceType<C>, call: Call<C>, physicalId: string): Promise<Outcome> {
  const { row, kind, wanted } = effect;
  if (kind === 'verify') return { kind: 'verified' };
  if (row.action === 'DELETE') return { kind: 'done', physicalId, data: null, attributes: null };
  const observed = await type.observe({ ...liveOf(row, call), physicalId, ...(wanted.has('*') ? {} : { wanted }) });
  if (observed === null)
    throw new ResourceFailed(`Invalid external resource: Resource ${physicalId} (${row.type}) can not be found.`, 'NotFound');
  return { kind: 'done', physicalId, data: null, attributes: wanted.size === 0 ? null : asked(effect, type, observed) };
}

/** What was there before us becomes ours as it is, if it is there. */
async function takeIn<C>(effect: Effect, type: ResourceType<C>, call: Call<C>, physicalId: string): Promise<Outcome> {
  const { row, kind, wanted } = effect;
  if (kind === 'verify') return { kind: 'verified' };
  const observed = await type.observe({ ...liveOf(row, call), physicalId, ...(wanted.has('*') ? {} : { wanted }) });
  if (observed === null) throw new FoundBroken(`${row.type} ${physicalId}, which is to be adopted, is not there`, 'NotFound');
  return { kind: 'done', physicalId, data: null, attributes: wanted.size === 0 ? null : asked(effect, type, observed) };
}

/** What was seen is no good; a look that could not be had, or was broken off, says nothing of that. */
class FoundBroken extends ResourceFailed {}

/** A check: it is there, and what is seen of it is well. */
async function lookWell<C>(effect: Effect, type: ResourceType<C>, call: Call<C>): Promise<Outcome> {
  const { row, wanted } = effect;
  const observed = await type.observe(liveOf(row, call));
  if (observed === null) throw new FoundBroken(`${row.type} ${row.physicalId} is gone`, 'NotFound');
  const wrong = type.unhealthy?.(observed) ?? null;
  if (wrong !== null) throw new FoundBroken(wrong, 'Error');
  return { kind: 'done', physicalId: row.physicalId, data: null, attributes: wanted.size === 0 ? null : asked(effect, type, observed) };
}

function check<C>(effect: Effect, type: ResourceType<C>, call: Call<C>, ports: EffectPorts<C>): Promise<Progress> {
  const { row } = effect;
  const live = liveOf(row, call);
  const token: Json = row.token;
  if (isHandingOver(row)) return continueHandOver(effect, type, live);
  if (row.action === 'DELETE') return checkDeletion(row, type, call, () => untilOwner(effect, ports));
  const look = lookOf(type, row.action);
  return look === undefined ? Promise.resolve({ kind: 'done' }) : look.call(type, live, token);
}

function lookOf<C>(type: ResourceType<C>, action: ResourceAction) {
  switch (action) {
    case 'CREATE':
      return type.checkCreate;
    case 'UPDATE':
      return type.checkUpdate;
    case 'DELETE':
      return type.checkDelete;
    case 'SUSPEND':
      return type.checkSuspend;
    case 'RESUME':
      return type.checkResume;
    case 'CHECK':
    case 'SNAPSHOT':
    case 'ADOPT':
      return undefined;
  }
}

async function begin<C>(
  effect: Effect,
  type: ResourceType<C>,
  call: Call<C>,
  outcomeUnknown: boolean,
  ports: EffectPorts<C>,
): Promise<Progress> {
  const { row } = effect;
  switch (row.action) {
    case 'CREATE': {
      const adopted = outcomeUnknown ? await adopt(effect, type, call, ports) : null;
      if (outcomeUnknown) await untilOwner(effect, ports);
      if (adopted === null) return type.create(call);
      return { kind: 'wait', physicalId: adopted, token: null, afterMs: 0, saw: 'found what an interrupted call had made' };
    }
    case 'UPDATE': {
      if (isHandingOver(row)) return beginHandOver(effect, type, liveOf(row, call));
      const changed = changedProperties(type as ResourceType, row);
      if (Object.keys(changed).length === 0) return { kind: 'done' };
      if (type.update === undefined) throw new NeedsReplacement(`${row.type} cannot be changed in place`);
      return type.update({ ...liveOf(row, call), changed, before: presentProperties(row, type) });
    }
    case 'DELETE':
      return beginDeletion(row, type, call, { untilOwner: () => untilOwner(effect, ports), store: ports.store });
    case 'SUSPEND':
      return (await type.suspend?.(liveOf(row, call))) ?? { kind: 'done' };
    case 'RESUME':
      return (await type.resume?.(liveOf(row, call))) ?? { kind: 'done' };
    case 'CHECK':
    case 'SNAPSHOT':
    case 'ADOPT':
      return { kind: 'done' };
  }
}

/** Whatever the deletion policy says: what failed is of no use to anybody. */
async function clear<C>(effect: Effect, type: ResourceType<C>, call: Call<C>, ports: EffectPorts<C>): Promise<Outcome> {
  const row: ResourceRecord = { ...effect.row, deletionPolicy: 'delete' };
  const again = () => untilOwner(effect, ports);
  const isBegun = isJsonObject(row.token) && row.token[CLEARING] !== undefined;
  try {
    const progress = await (isBegun
      ? checkDeletion({ ...row, token: (row.token as JsonObject)[CLEARING] ?? null }, type, call, again)
      : beginDeletion(row, type, call, { untilOwner: again, store: ports.store }));
    if (progress.kind === 'wait') {
      const afterMs = pollDelayMs(progress.afterMs, effect.looks, ports.random.next());
      const { physicalId = null, saw } = progress;
      return { kind: 'wait', physicalId, data: null, token: { [CLEARING]: progress.token }, afterMs, saw };
    }
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'not-found')) throw error;
  }
  return { kind: 'cleared', restMs: restMs(row.retry?.failures ?? 1, ports.random.next()) };
}
/** In the token while what failed is removed: what the deletion waits for. */
const CLEARING = 'clearing';

/** The one thing that an interrupted creation left; any second one is deleted. */
async function adopt<C>(effect: Effect, type: ResourceType<C>, call: Call<C>, ports: EffectPorts<C>): Promise<string | null> {
  const { made, ids } = await leftBy(effect.row, type, call, ports.store);
  const [first, ...others] = ids;
  for (const extra of others) await removeExtra(type, made, extra, () => untilOwner(effect, ports));
  return first ?? null;
}

async function verify<C>(effect: Effect, type: ResourceType<C>, call: Call<C>, ports: EffectPorts<C>): Promise<Outcome> {
  const { made, ids } = await leftBy(effect.row, type, call, ports.store);
  for (const id of ids)
    if (id !== effect.row.physicalId || effect.row.action === 'DELETE') await removeExtra(type, made, id, () => untilOwner(effect, ports));
  return { kind: 'verified' };
}
