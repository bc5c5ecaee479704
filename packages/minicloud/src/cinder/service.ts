/** The block storage service as the mini-cloud takes it in: URLs, faults, options, the volume types that are there from the start. */
import type { Answer, ApiRequest, Problem } from '@hearth/http-kit';
import { storageHeaders } from '../answer-headers.ts';
import { cinderFault } from '../faults/cinder-fault.ts';
import { glanceImages } from '../nova/glance-images.ts';
import type { Service } from '../service.ts';
import { askedVersion, versionHeaders } from './microversions.ts';
import { storageRoutes } from './routes.ts';
import { simulatedStorage, type StorageSchedule } from './schedule.ts';
import { seedTypes } from './volume-types.ts';

export interface BlockStorageOptions {
  /** How long everything takes and what fails; default: the simulated storage's own. */
  readonly schedule?: StorageSchedule;
}

export function blockStorage({ schedule = simulatedStorage() }: BlockStorageOptions = {}): Service {
  return {
    type: 'volumev3',
    name: 'volumev3',
    aliases: ['block-storage'],
    prefixes: ['/volume'],
    catalogPath: '/volume/v3/$(project_id)s',
    fault,
    finish: storageHeaders,
    routes: (context) =>
      storageRoutes({ context, schedule: context.steering.storage(schedule), images: glanceImages(() => context.random.uuid()) }),
    seed: seedTypes,
  };
}

function fault(problem: Problem, request: ApiRequest): Answer {
  const answer = cinderFault(problem, request);
  if (problem.kind === 'unauthorized' || problem.kind === 'no-route' || problem.kind === 'method-not-allowed') return answer;
  const asked = askedVersion(request);
  const headers = asked.kind === 'known' ? versionHeaders(`3.${asked.minor}`) : {};
  return { ...answer, headers: { ...headers, 'X-Compute-Request-Id': request.id, ...answer.headers } };
}
