/** `OS::Sahara::Job`: what a cluster for data processing can be told to run; a signal runs it. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

const binary = p.string('One binary.', { constraints: [c.custom('sahara.job_binary')] });
const source = (how: string) =>
  p.string(`Name or id of the data source that is ${how}.`, { constraints: [c.custom('sahara.data_source')] });

export const saharaJob = declaredType({
  name: 'OS::Sahara::Job',
  doc: 'What a cluster for data processing can be told to run; a signal runs it.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'sahara',
  properties: {
    default_execution_data: p.mapOf({
      args: p.listOf(p.string('One argument.'))('Arguments of the job.', { default: [] }),
      cluster: p.string('Name or id of the cluster that runs it.', { required: true, constraints: [c.custom('sahara.cluster')] }),
      configs: p.map('Settings of the run, by name.', { default: {} }),
      input: source('read'),
      interface: p.map("Arguments of the job's own interface, by name.", { default: {} }),
      is_public: p.boolean('Whether all projects see the run.', { default: false }),
      output: source('written'),
      params: p.map('Parameters of the run, by name.', { default: {} }),
    })('How it is run by a signal.', { updatable: true }),
    description: p.string('A text for people.', { updatable: true }),
    is_protected: p.boolean('Whether it is kept from being changed or deleted.', { updatable: true, default: false }),
    is_public: p.boolean('Whether all projects may use it.', { updatable: true, default: false }),
    libs: p.listOf(binary)('Names or ids of binaries that the main one needs.', {
      default: [],
    }),
    mains: p.listOf(binary)('Name or id of the main binary.', {
      default: [],
      constraints: [c.length(null, 1)],
    }),
    name: p.string('The name; one is made up if there is none.', {
      updatable: true,
      constraints: [c.length(1, 50), c.pattern('^[a-zA-Z0-9][a-zA-Z0-9\\-_\\.]*$')],
    }),
    type: p.string('Type of the job, such as Spark or Pig.', { required: true, constraints: [c.custom('sahara.job_type')] }),
  },
  attributes: {
    default_execution_url: a.string('Signed URL: a POST there runs the job.', { cache: 'live' }),
    executions: a.list('What is known of its runs.'),
  },
});
