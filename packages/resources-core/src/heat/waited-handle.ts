/** What wait conditions of either kind do with their handle: find it, look at what it was told, and forget that in the end. */
import type { Cloud } from '@hearth/cloud-openstack';
import { type Call, done, type Live, type Progress, ResourceFailed, type Signal, type SignalledResource } from '@hearth/resource-kit';
import { fetchedSignals } from './handle-transports.ts';
import { AWS_WORDS, dataText, HEAT_WORDS, type Words } from './told.ts';
import { lookAtSignals } from './waiting.ts';

/** Handles, and what signals to them look like. */
const HANDLES: ReadonlyMap<string, Words> = new Map([
  ['OS::Heat::WaitConditionHandle', HEAT_WORDS],
  ['AWS::CloudFormation::WaitConditionHandle', AWS_WORDS],
  ['OS::Heat::UpdateWaitConditionHandle', AWS_WORDS],
]);
/** Signals are told of; this is for hints that got lost. */
const LOOK_AGAIN_MS = 15_000;
/** Where signals must be fetched. */
const FETCH_MS = 2_000;

export interface Condition {
  /** As `get_resource` of it. */
  readonly handle: string;
  readonly seconds: number;
  readonly count: number;
  /** What is wrong with a handle that is none; its name, or null. */
  readonly refusal: (name: string | null) => string;
}
/** Handlers of a type whose properties say this condition: it ends when the handle has been told enough. */
export function conditionHandlers<P>(conditionOf: (props: P) => Condition) {
  const look = (live: Live<Cloud, P>): Promise<Progress> => lookAtHandle(live, conditionOf(live.props));
  return {
    find: async () => [],
    create: async (call: Call<Cloud, P>) => ({ ...(await lookAtHandle(call, conditionOf(call.props))), physicalId: call.physicalName }),
    checkCreate: look,
    update: look,
    checkUpdate: look,
    async delete({ signals, props }: Live<Cloud, P>) {
      await signals.forget(conditionOf(props).handle);
      return done();
    },
  };
}

type ConditionCall = Pick<Call<Cloud>, 'cloud' | 'signals' | 'startedAt' | 'now'>;

async function lookAtHandle(call: ConditionCall, condition: Condition): Promise<Progress> {
  const handle = await call.signals.to(condition.handle);
  const words = handle === null ? undefined : HANDLES.get(handle.handler);
  if (handle === null || words === undefined) throw new ResourceFailed(condition.refusal(handle?.name ?? null), 'ValueError');
  const { signals, isFetched } = await signalsOf(call.cloud, handle, condition.count);
  const { count, seconds } = condition;
  const { startedAt, now } = call;
  return lookAtSignals({ signals, words, count, seconds, startedAt, now, pauseMs: isFetched ? FETCH_MS : LOOK_AGAIN_MS });
}

/** What the signals said, as JSON text; empty when the handle is gone. */
export async function dataOfHandle(call: Pick<Call<Cloud>, 'cloud' | 'signals'>, reference: string, count: number): Promise<string> {
  const handle = await call.signals.to(reference);
  const words = handle === null ? undefined : HANDLES.get(handle.handler);
  if (handle === null || words === undefined) return '';
  return dataText((await signalsOf(call.cloud, handle, count)).signals, words);
}

interface Told {
  readonly signals: readonly Signal[];
  readonly isFetched: boolean;
}
async function signalsOf(cloud: Cloud, handle: SignalledResource, count: number): Promise<Told> {
  const fetched = await fetchedSignals(cloud, handle, count);
  return { signals: fetched ?? handle.signals, isFetched: fetched !== null };
}
