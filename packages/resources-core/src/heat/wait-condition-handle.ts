/** `OS::Heat::WaitConditionHandle`: where guests send the signals that a wait condition waits for. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const waitConditionHandle = declaredType({
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
});
