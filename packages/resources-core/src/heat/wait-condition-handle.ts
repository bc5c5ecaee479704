/** `OS::Heat::WaitConditionHandle`: where guests send the signals that a wait condition waits for. */
import type { Cloud } from '@hearth/cloud-openstack';
import { jsonText } from '@hearth/template';
import { a, c, p, resourceTypes } from '@hearth/resource-kit';
import {
  findTransport,
  finishTransport,
  makeTransport,
  observeTransport,
  removeTransport,
  setTransportOpen,
  transportDetails,
  type TransportDetails,
} from './handle-transports.ts';
import { heatSignals } from './told.ts';

const shown = (details: TransportDetails) => ({ ...details, signal: jsonText(details.signal, false) });

export const waitConditionHandle = resourceTypes<Cloud>()({
  name: 'OS::Heat::WaitConditionHandle',
  doc: 'Takes the signals that an OS::Heat::WaitCondition waits for.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  properties: {
    signal_transport: p.string('By which way the signals come. NO_SIGNAL: nobody waits for any.', {
      default: 'TOKEN_SIGNAL',
      constraints: [c.oneOf('CFN_SIGNAL', 'TEMP_URL_SIGNAL', 'HEAT_SIGNAL', 'NO_SIGNAL', 'ZAQAR_SIGNAL', 'TOKEN_SIGNAL')],
    }),
  },
  attributes: {
    token: a.string('Token to signal with; with TOKEN_SIGNAL only.', { cache: 'live' }),
    endpoint: a.string('URL of the signal; with TOKEN_SIGNAL only.', { cache: 'live' }),
    curl_cli: a.string('Start of a curl command that signals; add the data to it. With TOKEN_SIGNAL only.', { cache: 'live' }),
    signal: a.string('All that is needed to signal by the chosen way, as JSON.', { cache: 'live' }),
  },
  examples: [
    { name: 'a token', props: {}, replacedBy: { signal_transport: 'HEAT_SIGNAL' } },
    { name: 'an account', props: { signal_transport: 'HEAT_SIGNAL' } },
    { name: 'an object', props: { signal_transport: 'TEMP_URL_SIGNAL' } },
  ],
  signals: heatSignals,
  find: findTransport,
  create: makeTransport,
  async checkCreate(live) {
    const progress = await finishTransport(live);
    if (progress.kind === 'wait') return progress;
    // It has just been made, so that nobody has to look whether it is there.
    return { ...progress, observed: shown(await transportDetails({ ...live, data: progress.data ?? live.data })) };
  },
  // Nothing of it can be told but that it is there.
  liveProperties: () => ({}),
  delete: removeTransport,
  suspend: (live) => setTransportOpen(live, false),
  resume: (live) => setTransportOpen(live, true),
  async observe(live) {
    const seen = await observeTransport(live);
    return seen === null ? null : shown(seen);
  },
});
