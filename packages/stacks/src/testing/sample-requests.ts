/** Requests for tests: whole, with what the test cares about put in. */
import type { CreateStack } from '../create-stack.ts';
import type { DefinitionInput } from '../stack-input.ts';
import type { UpdateStack } from '../update-stack.ts';

export const NOTHING_SENT: DefinitionInput = {
  template: null,
  templateUrl: null,
  parameters: {},
  environment: null,
  environmentFiles: [],
  files: {},
  filesContainer: null,
};

export const sampleCreate = (given: Partial<CreateStack> & Pick<CreateStack, 'template'>): CreateStack => ({
  ...NOTHING_SENT,
  name: 'web',
  timeoutMins: null,
  disableRollback: true,
  tags: null,
  ...given,
});

/** A `patch` may do without a template. */
export const sampleUpdate = (given: Partial<UpdateStack> = {}): UpdateStack => ({
  ...NOTHING_SENT,
  mode: 'replace',
  timeoutMins: null,
  disableRollback: null,
  tags: null,
  clearParameters: [],
  ...given,
});
