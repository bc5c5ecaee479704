/** `OS::Zaqar::MistralTrigger`: runs a workflow for every message that comes to a queue. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const zaqarMistralTrigger = declaredType({
  name: 'OS::Zaqar::MistralTrigger',
  doc: 'Runs a workflow for every message that comes to a queue.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'zaqar',
  properties: {
    input: p.map('Input of the workflow, by name; expressions may refer to the message.', { updatable: true, default: {} }),
    params: p.map('Parameters of the run, by name.', { updatable: true, default: {} }),
    queue_name: p.string('Name of the queue.', { required: true, constraints: [c.custom('zaqar.queue')] }),
    ttl: p.integer('How long it lasts, in seconds; for ever if absent.', {
      updatable: true,
      default: 220367260800,
      constraints: [c.range(60, null)],
    }),
    workflow_id: p.string('Name or id of the workflow.', { required: true, updatable: true, constraints: [c.custom('mistral.workflow')] }),
  },
  attributes: {},
});
