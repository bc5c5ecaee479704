/** Whether services and extensions are there: what is asked, how often, and the words for what is lacking. */
import { Failure, Secret } from '@hearth/kernel';
import { beforeEach, expect, it } from 'vitest';
import { createServiceAvailability, type ServiceWish } from './service-availability.ts';
import { tableCloud, type TableCloud } from './testing/table-session.ts';

let cloud: TableCloud;
beforeEach(() => {
  cloud = tableCloud();
  cloud.answers.set('network /extensions', { extensions: [{ alias: 'router' }, { alias: 'trunk' }] });
  cloud.answers.set('block-storage /extensions', { extensions: [{ alias: 'qos-specs' }] });
});
const ask = (...wishes: ServiceWish[]) => createServiceAvailability(cloud.clouds).available({ token: new Secret('caller') }, wishes);

it('names a service without an endpoint by its type in the catalogue', async () => {
  cloud.absent.add('container-infra').add('block-storage').add('workflow');
  expect(await ask({ service: 'nova' }, { service: 'magnum' }, { service: 'cinder' }, { service: 'mistral' })).toEqual([
    null,
    'magnum container-infra endpoint is not in service catalog.',
    'cinder volumev3 endpoint is not in service catalog.',
    'mistral workflowv2 endpoint is not in service catalog.',
  ]);
  expect(cloud.asked).toEqual([]);
});
it('looks for an extension in the service that has it, once a minute', async () => {
  const { available } = createServiceAvailability(cloud.clouds);
  const caller = { token: new Secret('caller') };
  const wishes = [
    { service: 'neutron', extension: 'router' },
    { service: 'neutron', extension: 'vpnaas' },
    { service: 'openstack', extension: 'trunk' },
    { service: 'cinder', extension: 'qos-specs' },
    { service: 'cinder', extension: 'encryption' },
  ];
  const answers = [
    null,
    'Required extension vpnaas in neutron service is not available.',
    null,
    null,
    'Required extension encryption in cinder service is not available.',
  ];
  expect(await available(caller, wishes)).toEqual(answers);
  expect(await available(caller, wishes)).toEqual(answers);
  expect(cloud.asked).toEqual(['network /extensions', 'block-storage /extensions']);
  expect(cloud.opened.count).toBe(1);
  await cloud.timers.advance(61_000);
  expect(await available(caller, wishes)).toEqual(answers);
  expect(cloud.asked).toHaveLength(4);
});
it('says why an extension could not be looked for, and asks again the next time', async () => {
  cloud.answers.set('network /extensions', new Failure('unavailable', 'network cannot be reached'));
  expect(await ask({ service: 'neutron', extension: 'router' })).toEqual(['network cannot be reached']);
  cloud.answers.set('network /extensions', { extensions: [{ alias: 'router' }] });
  expect(await ask({ service: 'neutron', extension: 'router' })).toEqual([null]);
});
it('the clustering service is taken for there where the network service is', async () => {
  cloud.absent.add('clustering');
  expect(await ask({ service: 'senlin' })).toEqual([null]);
  cloud.absent.add('network');
  expect(await ask({ service: 'senlin' })).toEqual(['senlin clustering endpoint is not in service catalog.']);
});
it('what lives here needs nothing outside', async () => {
  expect(await ask({ service: 'heat' })).toEqual([null]);
  expect(cloud.opened.count).toBe(0);
});
