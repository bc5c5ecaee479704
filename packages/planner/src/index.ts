/** @hearth/planner: desired graph and actual rows in, next steps out. Pure. */
export { isInFlight, nextSteps } from './next-steps.ts';
export type { Actual, Change, Desired, Plan, Reason, Step, World } from './world.ts';
