/** GET /extensions: the names under which Nova once listed its parts, for those that are offered here. */
import type { JsonObject } from '@hearth/kernel';
import { json } from '@hearth/http-kit';
import type { VersionedRoute } from './microversions.ts';
import { missing } from './refusals.ts';

const NAMES: Readonly<Record<string, string>> = {
  'OS-DCF': 'DiskConfig',
  'OS-EXT-AZ': 'ExtendedAvailabilityZone',
  'OS-EXT-IPS': 'ExtendedIps',
  'OS-EXT-IPS-MAC': 'ExtendedIpsMac',
  'OS-EXT-SRV-ATTR': 'ExtendedServerAttributes',
  'OS-EXT-STS': 'ExtendedStatus',
  'OS-FLV-DISABLED': 'FlavorDisabled',
  'OS-FLV-EXT-DATA': 'FlavorExtraData',
  'OS-SCH-HNT': 'SchedulerHints',
  'OS-SRV-USG': 'ServerUsage',
  'os-access-ips': 'AccessIPs',
  'os-admin-actions': 'AdminActions',
  'os-admin-password': 'AdminPassword',
  'os-aggregates': 'Aggregates',
  'os-attach-interfaces': 'AttachInterfaces',
  'os-availability-zone': 'AvailabilityZone',
  'os-block-device-mapping-v2-boot': 'BlockDeviceMappingV2Boot',
  'os-config-drive': 'ConfigDrive',
  'os-console-output': 'ConsoleOutput',
  'os-consoles': 'Consoles',
  'os-create-backup': 'CreateBackup',
  'os-deferred-delete': 'DeferredDelete',
  'os-evacuate': 'Evacuate',
  'os-extended-quotas': 'ExtendedQuotas',
  'os-extended-status': 'ExtendedStatus',
  'os-extended-volumes': 'ExtendedVolumes',
  'os-flavor-access': 'FlavorAccess',
  'os-flavor-extra-specs': 'FlavorExtraSpecs',
  'os-flavor-manage': 'FlavorManage',
  'os-flavor-rxtx': 'FlavorRxtx',
  'os-flavor-swap': 'FlavorSwap',
  'os-hosts': 'Hosts',
  'os-hypervisors': 'Hypervisors',
  'os-instance-actions': 'InstanceActions',
  'os-keypairs': 'Keypairs',
  'os-lock-server': 'LockServer',
  'os-migrate-server': 'MigrateServer',
  'os-migrations': 'Migrations',
  'os-multiple-create': 'MultipleCreate',
  'os-pause-server': 'PauseServer',
  'os-quota-class-sets': 'QuotaClasses',
  'os-quota-sets': 'Quotas',
  'os-rescue': 'Rescue',
  'os-security-groups': 'SecurityGroups',
  'os-server-diagnostics': 'ServerDiagnostics',
  'os-server-group-quotas': 'ServerGroupQuotas',
  'os-server-groups': 'ServerGroups',
  'os-server-list-multi-status': 'ServerListMultiStatus',
  'os-server-password': 'ServerPassword',
  'os-server-sort-keys': 'ServerSortKeys',
  'os-server-start-stop': 'ServerStartStop',
  'os-services': 'Services',
  'os-shelve': 'Shelve',
  'os-simple-tenant-usage': 'SimpleTenantUsage',
  'os-suspend-server': 'SuspendServer',
  'os-used-limits': 'UsedLimits',
  'os-user-data': 'UserData',
  'os-volumes': 'Volumes',
};

const view = (alias: string): JsonObject => ({
  alias,
  name: NAMES[alias] ?? alias,
  description: `${NAMES[alias] ?? alias}.`,
  links: [],
  namespace: 'http://docs.openstack.org/compute/ext/fake_xml',
  updated: '2014-12-03T00:00:00Z',
});

export const extensionRoutes = (): readonly VersionedRoute[] => [
  { method: 'GET', path: '/v2.1/extensions', handle: () => json(200, { extensions: Object.keys(NAMES).map(view) }) },
  {
    method: 'GET',
    path: '/v2.1/extensions/:alias',
    handle(request) {
      const alias = request.params.alias ?? '';
      if (!Object.hasOwn(NAMES, alias)) throw missing('The resource could not be found.');
      return json(200, { extension: view(alias) });
    },
  },
];
