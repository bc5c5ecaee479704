/** What many scenarios begin and end with. */
import { create, finish, remember, remove, type Resources, type ScenarioStep, verify } from '../scenario.ts';

/** It stands, and its things are remembered. */
export const created = (resources: Resources, how: { readonly rollsBack?: boolean } = {}): readonly ScenarioStep[] => [
  create(resources, how),
  finish,
  verify({ state: 'CREATE_COMPLETE', resources }),
  remember,
];
/** Deleted, with all that it had. */
export const deleted: readonly ScenarioStep[] = [remove, finish, verify({ state: 'DELETE_COMPLETE', resources: {} })];
