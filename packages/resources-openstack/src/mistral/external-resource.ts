/** `OS::Mistral::ExternalResource`: a thing outside of the cloud that workflows make, change and delete. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

const run = (when: string) =>
  p.mapOf({
    workflow: p.string('Name or id of the workflow.', { required: true, constraints: [c.custom('mistral.workflow')] }),
    params: p.map('Parameters of the run, by name; a reverse workflow needs `task_name`.', { default: {} }),
  })(`What is run ${when}; nothing if absent.`);

export const mistralExternalResource = declaredType({
  name: 'OS::Mistral::ExternalResource',
  doc: 'A thing outside of the cloud that workflows make, change and delete. A workflow may name it with the output `resource_id`.',
  support: { status: 'SUPPORTED', since: '9.0.0' },
  service: 'mistral',
  properties: {
    actions: p.mapOf({
      CREATE: run('to make it'),
      UPDATE: run('to change it'),
      SUSPEND: run('when the stack is suspended'),
      RESUME: run('when the stack is resumed'),
      DELETE: run('to delete it'),
    })('Which workflow is run when.', { required: true }),
    always_update: p.boolean('Whether every update of the stack runs the workflow for changes, even if nothing differs.', {
      default: false,
    }),
    description: p.string('What the runs are for.', { default: 'Heat managed' }),
    input: p.map('Input of all the workflows, by name.', { default: {}, updatable: true }),
    replace_on_change_inputs: p.list('Names of inputs: where one of them changes, a new thing is made.', { default: [] }),
  },
  attributes: { output: a.map('Output of the last run.') },
});
