/** `OS::Cinder::VolumeAttachment`: a volume at a server. Its id is the volume's, as Nova has it. */
import type { Json } from '@hearth/kernel';
import { isJsonObject } from '@hearth/kernel';
import { c, done, p, type Progress, wait } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { askToAttach, askToDetach, attachAnew, attachmentPending, detachmentPending } from './attaching.ts';

interface Target {
  readonly instance_uuid: string;
  readonly volume_id: string;
  readonly mountpoint: string | null;
}
const deviceOf = ({ mountpoint }: Target): string | null => (mountpoint === '' ? null : mountpoint);

export const volumeAttachment = openstackType({
  name: 'OS::Cinder::VolumeAttachment',
  doc: 'A volume that is attached to a server.',
  service: 'cinder',
  properties: {
    instance_uuid: p.string('Id of the server.', { required: true, updatable: true }),
    volume_id: p.string('Id of the volume.', { required: true, updatable: true, constraints: [c.custom('cinder.volume')] }),
    mountpoint: p.string('Device at which the server sees the volume. The hypervisor may choose another one.', { updatable: true }),
  },
  attributes: {},
  examples: [
    {
      name: 'a volume at a server',
      props: { instance_uuid: '$contract_server', volume_id: '$contract_volume' },
      updates: [{ mountpoint: '/dev/vdf' }, { instance_uuid: '$other_contract_server' }],
    },
  ],
  isFoundByPlace: true,
  async find({ cloud, props }) {
    return (await cloud.cinder.serverAttachment(props.instance_uuid, props.volume_id)) === null ? [] : [props.volume_id];
  },
  async create({ cloud, props }) {
    const asked = await attachAnew(cloud, props.instance_uuid, props.volume_id, deviceOf(props));
    return wait(asked ? 'attaching' : 'the server is busy', { physicalId: props.volume_id, token: { asked } });
  },
  async checkCreate({ cloud, props }, token) {
    if (isJsonObject(token) && token.asked === false) {
      const asked = await askToAttach(cloud, props.instance_uuid, props.volume_id, deviceOf(props));
      return wait(asked ? 'attaching' : 'the server is busy', { token: { asked } });
    }
    const pending = await attachmentPending(cloud, props.volume_id);
    return pending === null ? done() : wait(pending, { token });
  },
  update: ({ before }) =>
    // Committed before the first call: what the volume must be taken off is not to be forgotten.
    Promise.resolve(wait('to be detached', { afterMs: 0, token: { off: before.instance_uuid, volume: before.volume_id, step: 'detach' } })),
  checkUpdate: async ({ cloud, props }, token) => {
    const move = readMove(token, props);
    const again = (saw: string, step: Step): Progress => wait(saw, { token: { ...move, step } });
    switch (move.step) {
      case 'detach':
        return again('detaching', (await askToDetach(cloud, move.off, move.volume)) ? 'detaching' : 'detach');
      case 'detaching': {
        const pending = await detachmentPending(cloud, move.off, move.volume);
        return pending === null ? again('detached', 'attach') : again(pending, 'detaching');
      }
      case 'attach': {
        const asked = await askToAttach(cloud, props.instance_uuid, props.volume_id, deviceOf(props));
        return again(asked ? 'attaching' : 'the server is busy', asked ? 'attaching' : 'attach');
      }
      case 'attaching': {
        const pending = await attachmentPending(cloud, props.volume_id);
        return pending === null ? done({ physicalId: props.volume_id }) : again(pending, 'attaching');
      }
    }
  },
  async delete({ cloud, props, physicalId }) {
    const asked = await askToDetach(cloud, props.instance_uuid, physicalId);
    return wait(asked ? 'detaching' : 'the server is busy', { token: { asked } });
  },
  async checkDelete({ cloud, props, physicalId }, token) {
    if (isJsonObject(token) && token.asked === false) {
      const asked = await askToDetach(cloud, props.instance_uuid, physicalId);
      return wait(asked ? 'detaching' : 'the server is busy', { token: { asked } });
    }
    const pending = await detachmentPending(cloud, props.instance_uuid, physicalId);
    return pending === null ? done() : wait(pending, { token });
  },
  // The device is the hypervisor's to choose; at another server it is gone from here.
  liveProperties: () => ({}),
  async observe({ cloud, props, physicalId }) {
    const show = await cloud.cinder.serverAttachment(props.instance_uuid, physicalId);
    return show === null ? null : { show };
  },
});

type Step = 'detach' | 'detaching' | 'attach' | 'attaching';
const STEPS: readonly Step[] = ['detach', 'detaching', 'attach', 'attaching'];

/** A wait without a memory begins at attaching, which looks first. */
function readMove(token: Json, props: Target): { readonly off: string; readonly volume: string; readonly step: Step } {
  const known = isJsonObject(token) ? token : {};
  const text = (value: Json | undefined, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
  const step = STEPS.find((one) => one === known.step) ?? 'attach';
  return { off: text(known.off, props.instance_uuid), volume: text(known.volume, props.volume_id), step };
}
