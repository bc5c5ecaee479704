/** A limit of a project's quota, as every service has them. */
import { c, p } from '@hearth/resource-kit';

export const limit = (what: string) =>
  p.integer(`How many ${what}; -1: any number.`, { updatable: true, constraints: [c.range(-1, null)] });
