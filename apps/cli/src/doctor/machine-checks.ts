/** What the machine must offer: a Node that runs TypeScript, a private and writable data folder, room on its disk. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '@hearth/kernel';
import type { Where } from '../connect.ts';
import { dataFolder } from '../data-folder.ts';
import { fine, type Finding, problem } from './finding.ts';

/** An embedded database with its write-ahead log wants this much in reserve. */
const ROOM_MB = 1_024;

export function checkMachine(where: Where): readonly Finding[] {
  const folder = dataFolder(where.data);
  return [fine('Node', `${process.versions.node} on ${process.platform} ${process.arch}`), checkFolder(folder), checkDisk(folder)];
}

function checkFolder(folder: string): Finding {
  if (!existsSync(folder)) return fine('data folder', `${folder} (not there yet; the first start makes it)`);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return problem(
      'data folder',
      `${folder} cannot be used: ${messageOf(error)}`,
      `run as the account that owns it (ls -ld ${folder}), or choose another with --data`,
    );
  }
  const mode = statSync(folder).mode & 0o777;
  if ((mode & 0o077) !== 0)
    return problem(
      'data folder',
      `${folder} is open to others (mode ${mode.toString(8)}); it holds passwords and keys`,
      `chmod 700 ${folder}`,
    );
  return fine('data folder', folder);
}

function checkDisk(folder: string): Finding {
  let place = folder;
  while (!existsSync(place) && place !== dirname(place)) place = dirname(place);
  const disk = statfsSync(place);
  const freeMb = Math.floor((disk.bavail * disk.bsize) / 1_048_576);
  if (freeMb < ROOM_MB)
    return problem('disk', `${freeMb} MB free at ${place}; less than ${ROOM_MB} MB`, 'free some room, or move the data folder with --data');
  return fine('disk', `${freeMb} MB free`);
}
