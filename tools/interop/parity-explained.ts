/**
 * Differences from real services that are meant or cannot be otherwise, each with its reason. `*` stands for anything within a text; an
 * entry that no longer matches anything is reported, so that the table only holds what is true.
 */

export interface Explained {
  /** Service as in the catalogue, or `*`. */
  readonly service: string;
  /** Method and path as the report prints them. */
  readonly call: string;
  /** What differs, as the report prints it. */
  readonly at: string;
  /** Only where every command that showed it is one of these. */
  readonly steps?: readonly string[];
  /** One sentence for people who read docs/compatibility.md. */
  readonly why: string;
}

export const EXPLAINED: readonly Explained[] = [
  {
    service: 'image',
    call: '*',
    at: 'body*owner_specified.openstack.*',
    why: 'The real `testimage` was uploaded by the stock client, which notes checksums and a name as properties; ours is there from the start.',
  },
  {
    service: 'volume',
    call: '*',
    at: 'body*volume_image_metadata.owner_specified.openstack.*',
    why: 'Properties of the image a volume was made of; see the image service.',
  },
  {
    service: 'image',
    call: 'GET /v2/images*',
    at: 'body*virtual_size',
    why: 'The content of the real `testimage` is no disk of its format, so its virtual size is unknown; ours is one.',
  },
  {
    service: 'image',
    call: 'GET /v2/images*',
    at: 'body*',
    steps: ['server image create', 'image delete: of the server'],
    why: 'The real compute service had a driver that takes no photographs: the image of a server stays queued there, without data and what follows from it.',
  },
];
