/** `AWS::ElasticLoadBalancing::LoadBalancer`: a server that shares out HTTP requests among others. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { notThere } from '../ec2/not-there.ts';

const number = (doc: string) => p.integer(doc, { required: true });

export const awsLoadBalancer = declaredType({
  name: 'AWS::ElasticLoadBalancing::LoadBalancer',
  doc: 'A server that shares out requests among other servers. OS::Octavia::LoadBalancer is the better choice where there is one.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    AvailabilityZones: p.list('Zones; only there for the sake of old templates.', { required: true }),
    HealthCheck: p.mapOf({
      HealthyThreshold: number('So many answers in a row make a server healthy.'),
      UnhealthyThreshold: number('So many failures in a row make a server unhealthy.'),
      Interval: number('Seconds between two looks; not less than Timeout.'),
      Timeout: number('Seconds to wait for an answer.'),
      Target: p.string('What is asked, such as HTTP:80/index.html.', { required: true }),
    })('How servers are looked at.'),
    Instances: p.list('Ids of the servers.', { updatable: true }),
    Listeners: p.listOf(
      p.mapOf({
        LoadBalancerPort: number('The port that clients talk to.'),
        InstancePort: number('The port of the servers.'),
        Protocol: p.string('The protocol.', { required: true, constraints: [c.oneOf('TCP', 'HTTP')] }),
        PolicyNames: p.list('Not available.', notThere),
        SSLCertificateId: p.string('Not available.', notThere),
      })('One listener.'),
    )('The ports; only the first one is used.', { required: true }),
    SecurityGroups: p.list('Ids of security groups of the load balancer.', { updatable: true }),
    AppCookieStickinessPolicy: p.string('Not available.', notThere),
    LBCookieStickinessPolicy: p.string('Not available.', notThere),
    Subnets: p.list('Not available.', notThere),
  },
  attributes: {
    DNSName: a.string('Its address.'),
    CanonicalHostedZoneName: a.string('Its address.'),
    CanonicalHostedZoneNameID: a.string('Always empty: there are no zones.'),
    'SourceSecurityGroup.GroupName': a.string('Always empty.'),
    'SourceSecurityGroup.OwnerAlias': a.string('Always empty.'),
  },
  validate({ HealthCheck: check }) {
    const { Interval: interval, Timeout: timeout } = check ?? {};
    const isTooShort = interval !== undefined && timeout !== undefined && interval < timeout;
    return isTooShort ? ['Interval must be larger than Timeout'] : [];
  },
});
