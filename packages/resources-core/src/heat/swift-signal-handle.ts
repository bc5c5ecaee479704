/** `OS::Heat::SwiftSignalHandle`: an object in Swift that guests write their signals to. */
import { a, declaredType } from '@hearth/resource-kit';

export const swiftSignalHandle = declaredType({
  name: 'OS::Heat::SwiftSignalHandle',
  doc: 'An object in Swift with a URL that guests write to when they are done; OS::Heat::SwiftSignal waits for it.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'swift',
  properties: {},
  attributes: {
    token: a.string('Always empty: the URL is signed, which is why no token is needed.', { cache: 'live' }),
    endpoint: a.string('The signed URL.', { cache: 'live' }),
    curl_cli: a.string('Start of a curl command that writes a signal; add the data to it.', { cache: 'live' }),
  },
});
