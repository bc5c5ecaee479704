/** Types without anything behind them: they are kept so that old templates go on working. */
import type { ResourceType, SupportStatus } from './contract.ts';
import { done, resourceTypes } from './kit.ts';

export interface Placeholder {
  readonly name: string;
  readonly doc: string;
  readonly support: SupportStatus;
  readonly service?: string;
  readonly templateName?: string;
}

/** A type that takes any property, makes nothing, and whose every attribute is null. */
export const placeholderType = (placeholder: Placeholder): ResourceType<unknown> =>
  resourceTypes<unknown>()({
    ...placeholder,
    virtual: true,
    acceptsAnything: true,
    properties: {},
    attributes: {},
    examples: [{ name: 'anything', props: { whatever: [1, 2] } }],
    find: async () => [],
    create: async ({ physicalName }) => done({ physicalId: physicalName }),
    delete: async () => done(),
    observe: async () => ({}),
  });
