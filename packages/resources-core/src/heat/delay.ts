/** `OS::Heat::Delay`: nothing but a pause while a stack is made or deleted, with a random part if wished. */
import type { Json, Random } from '@hearth/kernel';
import { c, done, p, type Progress, resourceTypes, wait } from '@hearth/resource-kit';

interface Pause {
  readonly min_wait: number;
  readonly max_jitter: number;
  readonly jitter_multiplier: number;
  readonly actions: readonly Json[];
}
interface Begun {
  readonly props: Pause;
  readonly random: Random;
  readonly now: number;
}

const ACTIONS = ['CREATE', 'DELETE', 'SUSPEND', 'RESUME'] as const;
/** A stack may not take longer, so that a longer pause could only end in a timeout. */
const LONGEST_SECONDS = 24 * 3_600;
/** Looks come a little early or late; what is left then is not worth less than this. */
const SHORTEST_MS = 100;

export const delay = resourceTypes<unknown>()({
  name: 'OS::Heat::Delay',
  doc: 'A pause of so many seconds: what depends on it waits that long.',
  support: { status: 'SUPPORTED', since: '11.0.0' },
  virtual: true,
  properties: {
    min_wait: p.number('Seconds to wait at least.', { default: 0, updatable: true, constraints: [c.range(0, null)] }),
    max_jitter: p.number('How much may be added at random.', { default: 0, updatable: true, constraints: [c.range(0, null)] }),
    jitter_multiplier: p.number('Seconds that one unit of the random part stands for.', {
      default: 1,
      updatable: true,
      constraints: [c.range(0, null)],
    }),
    actions: p.list('During which actions to wait.', { default: ['CREATE'], updatable: true, constraints: [c.oneOf(...ACTIONS)] }),
  },
  attributes: {},
  examples: [
    { name: 'on creation', props: { min_wait: 1, max_jitter: 1 }, updates: [{ min_wait: 2 }] },
    { name: 'on deletion', props: { min_wait: 0.5, actions: ['DELETE'] }, updates: [{ actions: ['CREATE', 'DELETE'] }] },
  ],
  validate({ min_wait, max_jitter, jitter_multiplier }) {
    if (min_wait === undefined || max_jitter === undefined || jitter_multiplier === undefined) return [];
    const longest = min_wait + max_jitter * jitter_multiplier;
    return longest > LONGEST_SECONDS ? [`OS::Heat::Delay maximum delay ${longest}s exceeds stack timeout.`] : [];
  },
  find: async () => [],
  create: async (call) => ({ ...begin(call, 'CREATE'), physicalId: call.physicalName }),
  checkCreate: async ({ now }, token) => look(now, token),
  update: async () => done(),
  delete: async (live) => begin(live, 'DELETE'),
  checkDelete: async ({ now }, token) => look(now, token),
  observe: async () => ({}),
});

function begin({ props, random, now }: Begun, action: (typeof ACTIONS)[number]): Progress {
  if (!props.actions.includes(action)) return done();
  const seconds = props.min_wait + props.max_jitter * props.jitter_multiplier * random.next();
  return look(now, now + Math.round(seconds * 1_000));
}

/** The token is when it ends, ms since 1970; after an adoption there is none, and nothing left to wait for. */
function look(now: number, endsAt: Json): Progress {
  if (typeof endsAt !== 'number' || now >= endsAt) return done();
  const leftMs = endsAt - now;
  return wait('waiting', { token: endsAt, afterMs: Math.max(leftMs, SHORTEST_MS) });
}
