/** The image service as the mini-cloud takes it in, with the image that is there from the start. */
import { glanceFault } from '../faults/glance-fault.ts';
import type { Service, ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { newImage, withData } from './machine.ts';
import { MAX_IMAGE_BYTES, arrivalOf, blobName, imageRoutes } from './routes.ts';
import { IMAGES, type ImageBody } from './state.ts';

const TEST_IMAGE = 'testimage';

export const glance = (options: { readonly maxImageBytes?: number } = {}): Service => ({
  type: 'image',
  name: 'glance',
  prefixes: ['/image'],
  catalogPath: '/image',
  fault: glanceFault,
  routes: (context) => imageRoutes(context, options.maxImageBytes ?? MAX_IMAGE_BYTES),
  seed,
});

async function seed(tx: CloudStore, context: ServiceContext): Promise<void> {
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
