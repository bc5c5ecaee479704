/** What the handles share whose reference is a signed URL. */
import type { Cloud } from '@hearth/cloud-openstack';
import type { JsonObject } from '@hearth/kernel';
import { type Call, done, type Live, signingOf, withSigning } from '@hearth/resource-kit';
import { newSigning } from './signed-entrance.ts';
import { awsSignals } from './told.ts';

type Properties = Readonly<Record<string, never>>;

/** Nothing is made outside: the key is our own. */
export const signedHandle = {
  virtual: true,
  properties: {},
  attributes: {},
  examples: [{ name: 'as it is', props: {} }],
  signals: awsSignals,
  referenceId: ({ physicalId, data }: { readonly physicalId: string; readonly data: JsonObject }): string =>
    signingOf(data)?.url ?? physicalId,
  find: async (): Promise<readonly string[]> => [],
  create: async (call: Call<Cloud, Properties>) => done({ physicalId: call.physicalName, data: withSigning({}, await newSigning(call)) }),
  checkCreate: async (live: Live<Cloud, Properties>) => done({ data: withSigning(live.data, await newSigning(live)) }),
  delete: async () => done(),
  observe: async () => ({}),
} as const;
