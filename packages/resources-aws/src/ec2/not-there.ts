/** What CloudFormation's types know and this server refuses: it is part of the schema, so that the answer can say so. */
import { labels } from '@hearth/resource-kit';

export const notThere = { support: { status: 'UNSUPPORTED' } } as const;

/** Labels of things that cannot bear any. */
export const refusedLabels = labels('Labels; only an empty list is accepted.', { isRefused: true });
