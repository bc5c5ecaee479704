/** The image service as the mini-cloud takes it in, with the image that is there from the start. */
import type { Outbound } from '@hearth/outbound';
import { imageHeaders } from '../answer-headers.ts';
import { glanceFault } from '../faults/glance-fault.ts';
import type { Service, ServiceContext } from '../service.ts';
import { sweepUnfinished } from '../store/byte-chunks.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { arrivalOf, blobName, DATA_PREFIX, MAX_IMAGE_BYTES } from './image-bytes.ts';
import { settleInterrupted } from './import-routes.ts';
import { newImage, withData } from './machine.ts';
import { allRoutes } from './routes.ts';
import { IMAGES, type ImageBody } from './state.ts';

const TEST_IMAGE = 'testimage';
const IMPORT_TIMEOUT_MS = 30 * 60_000;

export interface GlanceOptions {
  /** Of one image; default 16 GiB. */
  readonly maxImageBytes?: number;
  /** For imports from URLs; without it there are none. */
  readonly outbound?: Outbound | null;
  /** For one import from a URL; default 30 minutes. */
  readonly importTimeoutMs?: number;
}

export function glance(options: GlanceOptions = {}): Service {
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  const background = {
    signal: stop.signal,
    add(work: Promise<void>): void {
      running.add(work);
      void work.finally(() => running.delete(work));
    },
  };
  const rules = {
    outbound: options.outbound ?? null,
    maxBytes: options.maxImageBytes ?? MAX_IMAGE_BYTES,
    timeoutMs: options.importTimeoutMs ?? IMPORT_TIMEOUT_MS,
    background,
  };
  return {
    type: 'image',
    name: 'glance',
    prefixes: ['/image'],
    catalogPath: '/image',
    fault: glanceFault,
    finish: imageHeaders,
    routes: (context) => allRoutes(context, rules),
    seed,
    async close() {
      stop.abort();
      await Promise.allSettled(running);
    },
  };
}

async function seed(tx: CloudStore, context: ServiceContext): Promise<void> {
  await sweepUnfinished(tx, DATA_PREFIX);
  await settleInterrupted(tx, context);
  const projectId = context.facts.projectIds['admin'] ?? null;
  // Claimed for good, so that a user who deletes the image does not get it back with the next start.
  if (!(await tx.claims.take('glance.seed', TEST_IMAGE, 'seed'))) return;
  const id = context.random.uuid();
  const bytes = Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(508)]);
  const body = withData(
    newImage({ name: TEST_IMAGE, disk_format: 'qcow2', container_format: 'bare', visibility: 'public' }),
    arrivalOf(bytes),
  );
  await tx.documents.insert<ImageBody>(IMAGES, { id, name: TEST_IMAGE, projectId, body }, context.clock.now());
  await tx.blobs.put(blobName(id), bytes);
}
