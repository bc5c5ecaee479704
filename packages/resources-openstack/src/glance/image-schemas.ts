/** What images have in common, whichever way their data come. */
import { c, p, type Properties } from '@hearth/resource-kit';

const ID = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';

export const imageSchemas = {
  name: p.string('The name; names need not be unique.'),
  id: p.string('The id to give it; one is made up if there is none.'),
  min_disk: p.integer('Least disk of a server, in GB; 0 is any.', { default: 0, constraints: [c.range(0, null)] }),
  min_ram: p.integer('Least memory of a server, in MB; 0 is any.', { default: 0, constraints: [c.range(0, null)] }),
  tags: p.list('Words to find it by.', { updatable: true }),
  architecture: p.string('Processor architecture of the system inside.', { updatable: true }),
  kernel_id: p.string('Image to boot as kernel, for AMI images.', { updatable: true, constraints: [c.pattern(ID)] }),
  ramdisk_id: p.string('Image to boot as ramdisk, for AMI images.', { updatable: true, constraints: [c.pattern(ID)] }),
  os_distro: p.string('Common name of the distribution inside, in lower case.', { updatable: true }),
  owner: p.string('The project that owns it.', { updatable: true }),
  extra_properties: p.map('Properties of your own.', { default: {}, updatable: true }),
} satisfies Properties;

const AMAZON = ['ami', 'ari', 'aki'];

interface Formats {
  readonly container_format?: string;
  readonly disk_format?: string;
}
/** Amazon's formats go with themselves only; formats that are not known yet are `undefined`. */
export function formatProblems({ container_format: container, disk_format: disk }: Formats): readonly string[] {
  if (container === undefined || disk === undefined || disk === container || !AMAZON.includes(container)) return [];
  return [
    "Invalid mix of disk and container formats. When setting a disk or container format to one of 'aki', 'ari', or 'ami', the container and disk formats must match.",
  ];
}
