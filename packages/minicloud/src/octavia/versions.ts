/** The versions that the load balancer service offers, for whoever asks its root. */
import { json, type ApiRequest, type Route } from '@hearth/http-kit';

/** When each minor version came, in order from v2.0. */
const RELEASED: readonly string[] = [
  ...['2016-12-11T00:00:00Z', '2018-04-20T00:00:00Z', '2018-07-31T00:00:00Z', '2018-12-18T00:00:00Z', '2018-12-19T00:00:00Z'],
  ...['2019-01-21T00:00:00Z', '2019-01-25T00:00:00Z', '2018-01-25T12:00:00Z', '2019-02-12T00:00:00Z', '2019-03-04T00:00:00Z'],
  ...['2019-03-05T00:00:00Z', '2019-06-24T00:00:00Z', '2019-09-11T00:00:00Z', '2019-09-13T00:00:00Z', '2019-11-10T00:00:00Z'],
  ...['2020-03-10T00:00:00Z', '2020-03-15T00:00:00Z', '2020-04-29T00:00:00Z', '2020-04-29T01:00:00Z', '2020-05-12T00:00:00Z'],
  ...['2020-08-02T00:00:00Z', '2020-09-03T00:00:00Z', '2020-09-04T00:00:00Z', '2020-09-07T00:00:00Z', '2020-10-15T00:00:00Z'],
  ...['2021-10-02T00:00:00Z', '2022-08-29T00:00:00Z'],
];

export function versionRoutes(): readonly Route[] {
  const versions = (request: ApiRequest) =>
    json(200, {
      versions: RELEASED.map((updated, minor) => ({
        id: `v2.${minor}`,
        status: minor === RELEASED.length - 1 ? 'CURRENT' : 'SUPPORTED',
        updated,
        links: [{ href: `${request.origin}${request.prefix}/v2`, rel: 'self' }],
      })),
    });
  const major = () => json(200, JSON.stringify('v2'), { 'content-type': 'application/json' });
  return [
    { method: 'GET', path: '', access: 'public', handle: versions },
    ...['/v2', '/v2.0', '/v2/lbaas', '/v2.0/lbaas'].map((path): Route => ({ method: 'GET', path, handle: major })),
  ];
}
