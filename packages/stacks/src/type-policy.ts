/** Which resource types are for administrators only, as Heat's default policy has it. */
import { isAdministrator, type Caller } from './caller.ts';

const ADMIN_ONLY: ReadonlySet<string> = new Set([
  ...['Flavor', 'Quota', 'HostAggregate'].map((name) => `OS::Nova::${name}`),
  ...['EncryptedVolumeType', 'VolumeType', 'Quota', 'QoSSpecs', 'QoSAssociation'].map((name) => `OS::Cinder::${name}`),
  ...[
    'Quota',
    'ProviderNet',
    'QoSPolicy',
    'QoSBandwidthLimitRule',
    'QoSDscpMarkingRule',
    'QoSMinimumBandwidthRule',
    'QoSMinimumPacketRateRule',
    'Segment',
  ].map((name) => `OS::Neutron::${name}`),
  ...['Quota', 'Flavor', 'FlavorProfile', 'AvailabilityZone', 'AvailabilityZoneProfile'].map((name) => `OS::Octavia::${name}`),
  'OS::Manila::ShareType',
  'OS::Blazar::Host',
]);
const ADMIN_ONLY_NAMESPACE = 'OS::Keystone::';

export function mayUseType(caller: Caller, type: string): boolean {
  return isAdministrator(caller) || !(ADMIN_ONLY.has(type) || type.startsWith(ADMIN_ONLY_NAMESPACE));
}
