/** What conditions that wait for signals share. */
import { c, p } from '@hearth/resource-kit';

/** Twelve hours at most. */
export const mostSeconds = p.number('How many seconds to wait before giving up.', { required: true, constraints: [c.range(1, 43200)] });
