/** `hearth keys list|rotate|retire`: the keys of secret columns, while everything runs. */
import { listKeys, listKeyUsers, retireKey, rotateKeys } from '@hearth/store';
import { withOperatorStore } from './operator-store.ts';
import type { Settings } from './settings.ts';
import { systemTimers } from './system-ports.ts';

/** For running processes to learn of a new key. */
const PATIENCE_MS = 40_000;

const dateText = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

export function showKeys(settings: Settings): Promise<number> {
  return withOperatorStore(settings, async ({ database, box }) => {
    for (const { id, state, madeAt, unusedAt } of await listKeys(database)) {
      const here = box.keyIds().includes(id) ? '' : ', not at hand here';
      const use = state !== 'former' ? '' : unusedAt === null ? ', still in use' : `, unused since ${dateText(unusedAt)}`;
      console.log(`${id}  ${state}${use}${here}  (since ${dateText(madeAt)})`);
    }
    for (const { name, keyIds, sealsWith } of await listKeyUsers(database))
      console.log(`process ${name} has ${keyIds.length} keys and seals with ${sealsWith}`);
    return 0;
  });
}

export function rotate(settings: Settings): Promise<number> {
  return withOperatorStore(settings, async ({ database, box }) => {
    const id = await rotateKeys({ database, ring: box, timers: systemTimers, patienceMs: PATIENCE_MS });
    console.log(`New secrets are sealed with the key ${id}. What is there is sealed anew bit by bit while an engine process runs.`);
    console.log('When "hearth keys list" shows the former key as unused: hearth keys retire ID. Back up the new key now.');
    return 0;
  });
}

export function retire(settings: Settings, id: string): Promise<number> {
  return withOperatorStore(settings, async ({ database, box }) => {
    const key = await retireKey(database, box, id);
    console.log(
      `The key ${key.id} is retired: nothing is sealed with it. Backups of the database and copies of the key elsewhere are as they were.`,
    );
    return 0;
  });
}
