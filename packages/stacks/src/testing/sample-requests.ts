/** Requests for tests: whole, with what the test cares about put in. */
import type { CreateStack } from '../create-stack.ts';
import type { ListEvents } from '../events.ts';
import type { ListResources } from '../resources.ts';
import { NOTHING_SENT } from '../stack-input.ts';
import { AS_IT_IS, type UpdateStack } from '../update-stack.ts';

export const sampleCreate = (given: Partial<CreateStack> & Pick<CreateStack, 'template'>): CreateStack => ({
  ...NOTHING_SENT,
  name: 'web',
  timeoutMins: null,
  disableRollback: true,
  tags: null,
  ...given,
});

/** A `patch` may do without a template. */
export const sampleUpdate = (given: Partial<UpdateStack> = {}): UpdateStack => ({ ...AS_IT_IS, mode: 'replace', ...given });

/** All events of the stack itself. */
export const EVERY_EVENT: ListEvents = {
  resource: null,
  resourceNames: null,
  resourceTypes: null,
  actions: null,
  statuses: null,
  limit: null,
  marker: null,
  sortKeys: [],
  descending: null,
  nestedDepth: 0,
};

/** All resources of the stack itself. */
export const EVERY_RESOURCE: ListResources = {
  names: null,
  statuses: null,
  actions: null,
  physicalIds: null,
  ids: null,
  typePart: null,
  withDetail: false,
  nestedDepth: 0,
};
