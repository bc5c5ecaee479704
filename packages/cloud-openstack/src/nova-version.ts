/** The headers that ask the compute service for a microversion, by the newer and the older name. */
export const microversion = (version: string): Readonly<Record<string, string>> => ({
  'openstack-api-version': `compute ${version}`,
  'x-openstack-nova-api-version': version,
});
