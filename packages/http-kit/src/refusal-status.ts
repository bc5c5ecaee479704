/** The HTTP status of each kind of refusal, where a protocol has no other custom. */
import type { RefusalCode } from '@hearth/kernel';

export const REFUSAL_STATUS: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  unavailable: 503,
};
