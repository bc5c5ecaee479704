/** Looking a plan up, and applying it: exactly what was planned, or nothing at all when anything that it rests on has moved. */
import { Bug, Refusal } from '@hearth/kernel';
import { findPlan, markPlanApplied, type PlanRecord, type Queryable, type StackRecord } from '@hearth/store';
import { isAdministrator, type Caller } from '../caller.ts';
import { createPrepared } from '../create-stack.ts';
import { writeDeletion } from '../delete-stack.ts';
import { lockOwnLiveStack, ownProject, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { notFound } from '../refusals.ts';
import { refuseForbiddenStack } from '../stack-policy.ts';
import { checkMayUpdate, writeUpdate } from '../update-stack.ts';
import { contentOf, planView, preparedFrom, type Plan } from './plan.ts';
import { movedAround, movedStacks, type PlanBasis } from './plan-basis.ts';

/** `stack`: the plan must be one of this stack; null: of any. */
export async function showPlan(ports: StackPorts, caller: Caller, id: string, stack: StackKey | null): Promise<Plan> {
  return planView(await ownPlan(ports, caller, id, stack));
}

async function ownPlan(ports: StackPorts, caller: Caller, id: string, stack: StackKey | null): Promise<PlanRecord> {
  const project = isAdministrator(caller) ? null : ownProject(caller);
  const plan = await findPlan(ports.database, ports.secretBox, project, id);
  if (plan === null || (stack !== null && plan.stackId !== stack.id)) throw notFound('Plan', id);
  return plan;
}

export interface AppliedPlan {
  readonly plan: Plan;
  readonly stack: { readonly id: string; readonly name: string };
}

export async function applyPlan(ports: StackPorts, caller: Caller, id: string, stack: StackKey | null = null): Promise<AppliedPlan> {
  const plan = await ownPlan(ports, caller, id, stack);
  const { what, basis, isPrivileged } = contentOf(plan);
  refusePassed(ports, plan);
  if (isPrivileged && !isAdministrator(caller))
    throw new Refusal('forbidden', 'Forbidden', 'This plan was made by an administrator, and only one can apply it. Make one of your own.');
  refuseMoved(await movedAround(ports, plan.projectId, basis));
  const appliedAt = ports.clock.now();
  const claim = async (tx: Queryable): Promise<void> => {
    if (!(await markPlanApplied(tx, plan.id, appliedAt))) throw alreadyApplied();
  };
  if (what.kind === 'create') {
    // What the stack is to act with is granted by the caller's token, and that is for the caller's project.
    if (plan.projectId !== ownProject(caller))
      throw new Refusal('forbidden', 'Forbidden', 'A plan of a creation is applied with a token of its own project.');
    const prepared = { ...preparedFrom(what.prepared), stackId: plan.stackId };
    await createPrepared(ports, caller, prepared, what.terms, claim);
  } else {
    await ports.database.transaction(async (tx) => {
      const locked = await lockOwnLiveStack(tx, caller, { id: plan.stackId, name: null });
      await refuseForbiddenStack(ports, tx, caller, locked);
      await claim(tx);
      await refuseChanged(tx, ports, basis);
      await write(ports, tx, { locked, by: caller.userName }, plan);
    });
  }
  return { plan: { ...planView(plan), appliedAt }, stack: { id: plan.stackId, name: plan.stackName } };
}

async function write(
  ports: StackPorts,
  tx: Queryable,
  on: { readonly locked: StackRecord; readonly by: string },
  plan: PlanRecord,
): Promise<void> {
  const { what } = contentOf(plan);
  if (what.kind === 'delete') return writeDeletion(ports, tx, on.locked);
  if (what.kind === 'create') throw new Bug('a creation has no stack that could be locked');
  checkMayUpdate(on.locked);
  await writeUpdate(ports, tx, on, preparedFrom(what.prepared), what.terms);
}

function refusePassed(ports: StackPorts, { appliedAt, expiresAt }: PlanRecord): void {
  if (appliedAt !== null) throw alreadyApplied();
  if (expiresAt <= ports.clock.now())
    throw new Refusal('conflict', 'PlanExpired', `The plan has expired at ${new Date(expiresAt).toISOString()}. Make a new one.`);
}

const alreadyApplied = (): Refusal => new Refusal('conflict', 'PlanApplied', 'The plan has been applied already. Make a new one.');

async function refuseChanged(tx: Queryable, ports: StackPorts, basis: PlanBasis): Promise<void> {
  refuseMoved(await movedStacks(tx, ports, basis));
}

const MOST_NAMED = 10;

function refuseMoved(moved: readonly string[]): void {
  if (moved.length === 0) return;
  const more = moved.length > MOST_NAMED ? ` and ${moved.length - MOST_NAMED} more` : '';
  const what = `${moved.slice(0, MOST_NAMED).join(', ')}${more}`;
  throw new Refusal('conflict', 'PlanOutdated', `Since the plan was made, this has changed: ${what}. Nothing was done. Make a new plan.`, {
    moved: moved.slice(0, MOST_NAMED),
  });
}
