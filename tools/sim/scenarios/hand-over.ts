/** What only one thing can have, and who has it when things are replaced. */
import { again, during, finish, idOf, mishap, type Resources, rollBack, type Scenario, scenario, update, verify } from '../scenario.ts';
import { created, deleted } from './passages.ts';

const seated = (r: string): Resources => ({ a: { r, only: 'seat' }, user: { u: 'one', refs: [idOf('a')] } });
const seatedForTwo = (r: string, after: readonly string[] = []): Resources => ({ ...seated(r), late: { refs: [idOf('a')], after } });

/** The replacement was called off, and nothing is another than it was. */
const asBefore = verify({ state: 'ROLLBACK_COMPLETE', resources: seated('x'), kept: ['a', 'user'] });

export const handOverScenarios: readonly Scenario[] = [
  scenario(
    'handed_over',
    'what takes the place of another is given what only one can have, before it is made',
    ...created(seated('x')),
    update(seated('y')),
    finish,
    verify({ state: 'UPDATE_COMPLETE', resources: seated('y'), replaced: ['a'], kept: ['user'] }),
    ...deleted,
  ),
  scenario(
    'taken_back_from_a_successor',
    'the successor stands and has it when the update is rolled back: it goes back to who gave it',
    ...created(seated('x'), { rollsBack: true }),
    mishap('update user', 'refused'),
    update(seated('y')),
    finish,
    asBefore,
  ),
  scenario(
    'taken_back_from_nobody',
    'the successor is refused once all was given: who gave has it again',
    ...created(seated('x'), { rollsBack: true }),
    mishap('create a', 'refused'),
    update(seated('y')),
    finish,
    asBefore,
  ),
  scenario(
    'asked_again_after_taking_back',
    'the rollback fails when it was taken back already: the successor has it no more, and is not taken for whole when the same is wanted again',
    ...created(seatedForTwo('x'), { rollsBack: true }),
    mishap('create other', 'refused'),
    update({ ...seatedForTwo('y', ['other']), other: { after: ['user'] } }),
    during('create other'),
    mishap('update user', 'refused'),
    finish,
    verify({ state: 'ROLLBACK_FAILED' }),
    update(seatedForTwo('y')),
    finish,
    verify({ state: 'UPDATE_COMPLETE', resources: seatedForTwo('y'), replaced: ['a'], kept: ['user', 'late'] }),
  ),
  scenario(
    'asked_again_after_giving',
    'the successor is refused, and asked for again: there is nothing left to give',
    ...created(seated('x')),
    mishap('create a', 'refused'),
    update(seated('y')),
    finish,
    verify({ state: 'UPDATE_FAILED' }),
    again(),
    finish,
    verify({ state: 'UPDATE_COMPLETE', resources: seated('y'), replaced: ['a'] }),
  ),
  scenario(
    'giving_refused',
    'who has it will not let it go: nothing is made, and the rollback leaves it with it',
    ...created(seated('x'), { rollsBack: true }),
    mishap('checkBeforeReplace a', 'refused'),
    update(seated('y')),
    finish,
    asBefore,
  ),
  scenario(
    'called_off_in_mid_giving',
    'rolled back while it is being given',
    ...created(seated('x')),
    update(seated('y')),
    during('checkBeforeReplace a'),
    rollBack,
    finish,
    asBefore,
  ),
];
