/** `OS::Heat::TestResource`: waits, fails or asks for replacement as told, to try stacks without a cloud. */
import type { Json } from '@hearth/kernel';
import { a, c, done, p, ResourceFailed, resourceTypes, wait, type Done, type Wait } from '@hearth/resource-kit';

type Phase = 'create' | 'update' | 'delete';
type Waits = Readonly<Record<Phase, number | null>>;
interface Knobs {
  readonly fail: boolean;
  readonly wait_secs: number;
  readonly action_wait_secs: Waits | null;
}

export const testResource = resourceTypes<unknown>()({
  name: 'OS::Heat::TestResource',
  doc: 'Keeps a text, after a wait and with failures as asked for; for testing stacks.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  virtual: true,
  properties: {
    value: p.string('The text to keep.', { default: 'test_string', updatable: true }),
    fail: p.boolean('Fail each creation and update.', { default: false, updatable: true }),
    update_replace: p.boolean('Any change makes a new resource.', { default: false, updatable: true }),
    update_replace_value: p.string('A text whose change makes a new resource.'),
    wait_secs: p.number('Seconds that each action takes; -1 never ends.', { default: 0, updatable: true }),
    action_wait_secs: p.mapOf({
      create: p.number('Seconds that creation takes.', { updatable: true }),
      update: p.number('Seconds that an update takes.', { updatable: true }),
      delete: p.number('Seconds that deletion takes.', { updatable: true }),
    })('Seconds by action; `wait_secs` for those that are left out.', { updatable: true }),
    attr_wait_secs: p.number('Seconds that reading an attribute takes. Accepted; attributes are kept, so that nothing waits for it.', {
      default: 0,
      updatable: true,
    }),
    constraint_prop_secs: p.number('Seconds that the check of this value takes. Accepted; the check does not wait.', {
      default: 0,
      updatable: true,
      constraints: [c.custom('test_constr')],
    }),
    client_name: p.string('Service to poll. Accepted; nothing is polled.', { default: '', updatable: true }),
    entity_name: p.string('Collection of that service to poll. Accepted; nothing is polled.', { default: '', updatable: true }),
  },
  attributes: {
    output: a.any('The text.', { cache: 'live' }),
  },
  examples: [
    { name: 'plain', props: {}, updates: [{ value: 'changed' }], replacedBy: { update_replace_value: 'x' } },
    { name: 'replaced by any change', props: { update_replace: true }, replacedBy: { value: 'changed' } },
  ],
  replaces: (_before, after) => (after.update_replace ? ['update_replace'] : []),
  find: async () => [],
  create: async ({ props, physicalName, resourceName, now }) => ({
    ...begin(props, 'create', resourceName, now),
    physicalId: physicalName,
  }),
  checkCreate: async ({ props, resourceName, now }, token) => look(props, token, resourceName, now),
  update: async ({ props, resourceName, now }) => begin(props, 'update', resourceName, now),
  checkUpdate: async ({ props, resourceName, now }, token) => look(props, token, resourceName, now),
  delete: async ({ props, resourceName, now }) => begin({ ...props, fail: false }, 'delete', resourceName, now),
  checkDelete: async ({ props, resourceName, now }, token) => look({ ...props, fail: false }, token, resourceName, now),
  observe: async ({ props }) => ({ output: props.value }),
});

const FOREVER_MS = 3_600_000;

function begin(props: Knobs, phase: Phase, name: string, now: number): Done | Wait {
  const seconds = props.action_wait_secs?.[phase] ?? props.wait_secs;
  return look(props, seconds < 0 ? null : now + seconds * 1_000, name, now);
}

/** The token is when it ends, ms since 1970; null: never. */
function look(props: Knobs, endsAt: Json, name: string, now: number): Done | Wait {
  if (typeof endsAt !== 'number') return wait('waiting for ever', { token: null, afterMs: FOREVER_MS });
  if (now < endsAt) return wait('waiting', { token: endsAt, afterMs: endsAt - now });
  if (props.fail) throw new ResourceFailed(`Test Resource failed ${name}`, 'ValueError');
  return done();
}
