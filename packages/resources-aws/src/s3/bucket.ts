/** `AWS::S3::Bucket`: a container for objects. */
import { a, c, declaredType, labels, p } from '@hearth/resource-kit';

export const s3Bucket = declaredType({
  name: 'AWS::S3::Bucket',
  doc: 'A container for objects, which may be a web site.',
  support: { status: 'SUPPORTED', since: null },
  service: 'swift',
  properties: {
    AccessControl: p.string('Who may read and write besides the project itself.', {
      constraints: [c.oneOf('Private', 'PublicRead', 'PublicReadWrite', 'AuthenticatedRead', 'BucketOwnerRead', 'BucketOwnerFullControl')],
    }),
    WebsiteConfiguration: p.mapOf({
      IndexDocument: p.string('Object that is shown for the container itself.'),
      ErrorDocument: p.string('End of the names of objects that are shown for errors.'),
    })('Makes a web site of it.'),
    Tags: labels('Labels of the container.'),
  },
  attributes: {
    DomainName: a.string('Host of the object store.'),
    WebsiteURL: a.string('URL of the container as a web site.'),
  },
});
