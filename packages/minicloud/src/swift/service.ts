/** The object service as the mini-cloud takes it in. It answers at the root (`/v1`, `/info`), where clients that sign URLs look for it. */
import { objectHeaders } from '../answer-headers.ts';
import { swiftFault } from '../faults/swift-fault.ts';
import type { Service } from '../service.ts';
import { sweepUnfinished } from '../store/byte-chunks.ts';
import { swiftRoutes } from './routes.ts';
import { DATA_PREFIX, MAX_OBJECT_BYTES } from './state.ts';

export interface SwiftOptions {
  /** Of one object; default 5 GiB. */
  readonly maxObjectBytes?: number;
}

export const swift = (options: SwiftOptions = {}): Service => ({
  type: 'object-store',
  name: 'swift',
  prefixes: ['/v1', '/info'],
  catalogPath: '/v1/AUTH_$(project_id)s',
  fault: swiftFault,
  finish: objectHeaders,
  routes: (context) => swiftRoutes(context, options.maxObjectBytes ?? MAX_OBJECT_BYTES),
  seed: (tx) => sweepUnfinished(tx, DATA_PREFIX),
});
