/** A login as administrator of the mini-cloud of a data folder, and its control API. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { accessFromClouds, openSession } from '@hearth/client';
import { Failure, type Json, type JsonObject } from '@hearth/kernel';
import type { Where } from '../../connect.ts';
import { dataFolder, readYaml, requireServer } from '../../data-folder.ts';
import { systemTimers } from '../../system-timers.ts';

export interface ControlClient {
  /** `path` is relative to `/control/v1`. Null: an empty answer. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: JsonObject): Promise<Json>;
}

/** Throws `Failure` when no server runs on the folder, or when it has no mini-cloud. */
export async function connectControl(where: Where): Promise<ControlClient> {
  const folder = dataFolder(where.data);
  requireServer(folder);
  const file = join(folder, 'clouds.yaml');
  if (!existsSync(file))
    throw new Failure('configuration', `the server of ${folder} has no mini-cloud (there is no ${file}); only a mini-cloud can be steered`);
  const access = accessFromClouds(readYaml(file), where.cloud ?? 'hearth-admin', file);
  const base = `${access.authUrl.replace(/\/v3\/?$/, '')}/control/v1`;
  const session = await openSession(access, systemTimers);
  return {
    async ask(method, path, body) {
      const answer = await session.ask({ method, url: `${base}${path}`, ...(body === undefined ? {} : { body }) });
      return answer.body;
    },
  };
}
