/** What is known to be broken: found so by a check, or said to be by a user. It stands in the row's data, so nothing but a check, or a user's word, heals it. */
import type { ResourceRecord } from '@hearth/store';

/** In a row's data: only another one will do. */
export const UNHEALTHY = 'unhealthy';

export const isUnhealthy = ({ data }: Pick<ResourceRecord, 'data'>): boolean => data[UNHEALTHY] === true;

export const asUnhealthy = (row: ResourceRecord): ResourceRecord => ({ ...row, data: { ...row.data, [UNHEALTHY]: true } });
