/** Making a plan: the request is checked as it would be for doing it, what it would do is worked out, and both are kept. */
import { hasDrifted, type ResourceChange } from '@hearth/engine';
import { asId, type PlanId, type StackId } from '@hearth/kernel';
import { insertPlan, type PlanRecord, type StackRecord, type StackSnapshot } from '@hearth/store';
import { isAdministrator, type Caller } from '../caller.ts';
import { preparedCreation, type CreateStack } from '../create-stack.ts';
import { ownLiveStack, ownProject, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { checkMayUpdate, preparedUpdate, type UpdateStack } from '../update-stack.ts';
import { foretell, foretellCreation } from './foretell.ts';
import { contentAsJson, importsIn, planView, storedPrepared, summaryOf, type Plan, type PlanContent } from './plan.ts';
import { basisOf } from './plan-basis.ts';
import { warningsOf } from './plan-warnings.ts';

export async function planUpdate(ports: StackPorts, caller: Caller, key: StackKey, request: UpdateStack): Promise<Plan> {
  const prepared = await preparedUpdate(ports, caller, key, request);
  const { stack, contents } = prepared;
  checkMayUpdate(stack);
  const { mode, timeoutMins, disableRollback, tags } = request;
  const terms = { mode, timeoutMins, disableRollback, tags };
  const { changes, snapshots } = await foretell(ports, ports.database, stack, contents);
  const what = { kind: 'update', prepared: storedPrepared(prepared), terms } as const;
  return keep(ports, caller, { stack, what, changes, snapshots });
}

export async function planDeletion(ports: StackPorts, caller: Caller, key: StackKey): Promise<Plan> {
  const stack = await ownLiveStack(ports.database, caller, key);
  const { changes, snapshots } = await foretell(ports, ports.database, stack, null);
  return keep(ports, caller, { stack, what: { kind: 'delete' }, changes, snapshots });
}

export async function planCreation(ports: StackPorts, caller: Caller, request: CreateStack): Promise<Plan> {
  const prepared = await preparedCreation(ports, caller, request);
  const { name, timeoutMins, disableRollback, tags } = request;
  const stack = { id: prepared.stackId, name, projectId: ownProject(caller) };
  const changes = foretellCreation(ports, stack, prepared.contents);
  const what = { kind: 'create', prepared: storedPrepared(prepared), terms: { name, timeoutMins, disableRollback, tags } } as const;
  return keep(ports, caller, { stack, what, changes, snapshots: new Map() });
}

interface Made {
  readonly stack: Pick<StackRecord, 'id' | 'name' | 'projectId'> & Partial<StackRecord>;
  readonly what: PlanContent['what'];
  readonly changes: readonly ResourceChange[];
  readonly snapshots: ReadonlyMap<string, StackSnapshot | null>;
}

async function keep(ports: StackPorts, caller: Caller, { stack, what, changes, snapshots }: Made): Promise<Plan> {
  const madeAt = ports.clock.now();
  const imports = what.kind === 'delete' ? {} : importsIn(what.prepared.contents.environment);
  const content: PlanContent = {
    what,
    basis: basisOf(ports, snapshots, imports),
    summary: summaryOf(changes),
    changes: changes.filter((one) => one.kind !== 'unchanged' || one.maybe.length > 0 || hasDrifted(one)),
    warnings: warningsOf(stack, what, changes),
    isPrivileged: isAdministrator(caller),
  };
  const record: PlanRecord = {
    id: asId<PlanId>(ports.random.uuid()),
    projectId: stack.projectId,
    stackId: asId<StackId>(stack.id),
    stackName: stack.name,
    kind: what.kind,
    madeAt,
    expiresAt: madeAt + ports.limits.planMins * 60_000,
    appliedAt: null,
    content: contentAsJson(content),
  };
  await insertPlan(ports.database, ports.secretBox, record, ports.limits.plansPerProject);
  return planView(record);
}
