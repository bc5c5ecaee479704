/** `OS::Monasca::Notification`: whom alarms tell. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { notificationProblems } from './notification-rules.ts';

export const monascaNotification = declaredType({
  name: 'OS::Monasca::Notification',
  doc: 'Whom alarms tell.',
  support: { status: 'SUPPORTED', since: '7.0.0', previous: { status: 'UNSUPPORTED', since: '5.0.0' } },
  service: 'monasca',
  properties: {
    address: p.string('Where to: a mail address, a URL, or a key of PagerDuty, as `type` says.', {
      required: true,
      updatable: true,
      constraints: [c.length(null, 512)],
    }),
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    period: p.integer('How often a webhook is called again while the alarm lasts, in seconds; 0: once.', {
      updatable: true,
      constraints: [c.oneOf(0, 60)],
    }),
    type: p.string('How somebody is told.', { required: true, updatable: true, constraints: [c.oneOf('email', 'webhook', 'pagerduty')] }),
  },
  attributes: {},
  validate: notificationProblems,
});
