/** Labels in CloudFormation's notation: a list of keys and values. */
import { p } from './kit.ts';

const label = p.mapOf({
  Key: p.string('Name of the label.', { required: true }),
  Value: p.string('What the label says.', { required: true }),
});

interface LabelOptions {
  readonly updatable?: boolean;
  readonly immutable?: boolean;
  /** The thing cannot bear labels: a list that has any is refused. */
  readonly isRefused?: boolean;
}

export const labels = (doc: string, { isRefused = false, ...options }: LabelOptions = {}) =>
  p.listOf(label('One label.', isRefused ? { support: { status: 'UNSUPPORTED' } } : {}))(doc, options);
