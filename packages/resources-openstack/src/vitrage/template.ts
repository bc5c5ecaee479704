/** `OS::Vitrage::Template`: a template by which Vitrage finds the causes of alarms. */
import { declaredType, p } from '@hearth/resource-kit';

export const vitrageTemplate = declaredType({
  name: 'OS::Vitrage::Template',
  doc: 'A template by which Vitrage finds the causes of alarms.',
  support: { status: 'SUPPORTED', since: '16.0.0' },
  service: 'vitrage',
  properties: {
    template_file: p.string('The text of the template, with parameters.', { required: true }),
    template_params: p.map('Values of its parameters, by name.', { required: true }),
  },
  attributes: {},
});
