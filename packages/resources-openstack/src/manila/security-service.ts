/** `OS::Manila::SecurityService`: how a shared file system asks who somebody is. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const manilaSecurityService = declaredType({
  name: 'OS::Manila::SecurityService',
  doc: 'How a shared file system asks who somebody is.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'manila',
  properties: {
    description: p.string('A text for people.', { updatable: true }),
    dns_ip: p.string('Address of the name server that is used.', { updatable: true }),
    domain: p.string('Domain of the service.', { updatable: true }),
    name: p.string('The name.', { updatable: true }),
    password: p.string('Password of `user`.', { updatable: true, secret: true }),
    server: p.string("Name or address of the service's server.", { updatable: true }),
    type: p.string('What kind of service it is.', { required: true, constraints: [c.oneOf('ldap', 'kerberos', 'active_directory')] }),
    user: p.string('User or group that the file system logs in as.', { updatable: true }),
  },
  attributes: {},
});
