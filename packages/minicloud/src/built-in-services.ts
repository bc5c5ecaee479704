/** The services the mini-cloud brings along besides identity. */
import { glance } from './glance/service.ts';
import type { Service } from './service.ts';

export const builtInServices = (): readonly Service[] => [glance()];
