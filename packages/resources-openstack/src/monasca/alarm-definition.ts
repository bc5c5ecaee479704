/** `OS::Monasca::AlarmDefinition`: makes alarms from an expression over metrics. */
import { c, declaredType, p } from '@hearth/resource-kit';

const notifications = (when: string) =>
  p.listOf(p.string('One notification.', { constraints: [c.custom('monasca.notification')] }))(
    `Names or ids of notifications to send ${when}.`,
    { default: [], updatable: true },
  );

export const monascaAlarmDefinition = declaredType({
  name: 'OS::Monasca::AlarmDefinition',
  doc: 'Makes alarms from an expression over metrics.',
  support: { status: 'SUPPORTED', since: '7.0.0', previous: { status: 'UNSUPPORTED', since: '5.0.0' } },
  service: 'monasca',
  properties: {
    actions_enabled: p.boolean('Whether the actions are carried out.', { updatable: true, default: true }),
    alarm_actions: notifications('when an alarm goes off'),
    description: p.string('A text for people.', { updatable: true }),
    expression: p.string('When an alarm goes off, such as avg(cpu.user_perc) > 90.', { required: true }),
    match_by: p.list('Names of dimensions: each combination of their values gets an alarm of its own.', { default: [] }),
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    ok_actions: notifications('when all is well again'),
    severity: p.string('How bad it is.', { updatable: true, default: 'low', constraints: [c.oneOf('low', 'medium', 'high', 'critical')] }),
    undetermined_actions: notifications('when nothing is known any more'),
  },
  attributes: {},
});
