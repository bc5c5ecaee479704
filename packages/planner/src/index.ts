/** @hearth/planner: desired graph and actual rows in, next steps out. Pure. */
export { explain, explainVisits, type Cause, type Explained } from './explain.ts';
export { decisionFor, isInFlight, mustBeMadeAnew, nextSteps, type Decision } from './next-steps.ts';
export { nextVisits, type Visit, type Visited, type VisitWorld } from './next-visits.ts';
export type { Actual, Change, Desired, Plan, Reason, Step, World } from './world.ts';
