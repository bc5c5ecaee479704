/** `hearth plan` and `hearth apply`: what would be done to a stack, told before it is, and then done exactly so. */
import { type DriftClient, isSettled, type PlanClient, type StackPlan, type StackWish } from '@hearth/client';
import { Failure } from '@hearth/kernel';
import type { Command } from 'commander';
import { connectAll, type Where } from '../../connect.ts';
import type { Console } from '../../console.ts';
import { readTemplateFiles } from '../../template-files.ts';
import type { CommandFrame } from '../command-frame.ts';
import { type DefinitionFlags, parametersOf, sentDefinition, withDefinition } from '../definition-flags.ts';
import { tellGone } from '../stack-presence.ts';
import { endLines, jsonOf, outputLines } from '../stack-text.ts';
import { untilLooked } from '../drift/looked.ts';
import { newStack, standpoint, watch } from '../watch.ts';
import { changesAnything, planLines } from './plan-text.ts';

interface PlanFlags extends DefinitionFlags {
  readonly template?: string;
  readonly delete?: boolean;
  readonly observe?: boolean;
  readonly detailedExitcode?: boolean;
}
interface ApplyFlags extends Where {
  readonly wait?: boolean;
}

export function addPlanCommands(program: Command, { withFlags, run }: CommandFrame): void {
  withDefinition(withFlags(program.command('plan').argument('<stack>', 'name; of an existing stack also its id')))
    .description('Tell what creating, updating or deleting a stack would do, and keep that to be applied.')
    .option('-t, --template <file>', "file with a template (default: the one that the stack has, as with the client's --existing)")
    .option('--delete', 'plan the deletion of the stack')
    .option('--observe', 'look at everything in the stack first, and tell what the cloud has beside what was applied and what is wanted')
    .option('--detailed-exitcode', 'exit code 0: no changes, 2: changes, 1: it went wrong')
    .action((stack: string, _flags, command: Command) => run<PlanFlags>(command, (flags, console) => plan(stack, flags, console)));
  withFlags(program.command('apply').argument('<plan>', "the plan's id"))
    .description('Do exactly what a plan says; nothing is done when anything has changed since.')
    .option('--wait', 'watch the stack until it has settled')
    .action((id: string, _flags, command: Command) => run<ApplyFlags>(command, (flags, console) => apply(id, flags, console)));
}

async function plan(stack: string, flags: PlanFlags, console: Console): Promise<number> {
  const { plans, drift } = await connectAll(flags);
  if (flags.observe === true) await observed(drift, stack, console);
  const made = await madePlan(plans, stack, flags);
  for (const line of planLines(made, console.isTerminal)) console.line(line);
  if (changesAnything(made)) console.line(`Apply it before ${made.expiresAt} with: hearth apply ${made.id}`);
  console.result(made.body);
  return flags.detailedExitcode === true && changesAnything(made) ? 2 : 0;
}

/** What is still to be made cannot be looked at. */
async function observed(drift: DriftClient, stack: string, console: Console): Promise<void> {
  try {
    await drift.detect(stack);
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return;
    throw error;
  }
  await untilLooked(drift, stack, console);
}

async function madePlan(plans: PlanClient, stack: string, flags: PlanFlags): Promise<StackPlan> {
  if (flags.delete === true) return plans.delete(stack);
  const wish = wishFrom(flags);
  try {
    return await plans.update(stack, wish);
  } catch (error) {
    const { template } = wish;
    if (!(error instanceof Failure && error.code === 'not-found') || template === undefined) throw error;
    return plans.create(stack, { ...wish, template });
  }
}

function wishFrom(flags: PlanFlags): Partial<StackWish> {
  const parameters = parametersOf(flags);
  if (flags.template === undefined) {
    if (flags.environment.length > 0)
      throw new Failure('invalid', '--environment goes with --template: it is read together with the template');
    return { parameters };
  }
  return sentDefinition(readTemplateFiles(flags.template, flags.environment), parameters);
}

async function apply(id: string, flags: ApplyFlags, console: Console): Promise<number> {
  const clients = await connectAll(flags);
  const planned = await clients.plans.show(id);
  const before = planned.kind === 'create' ? newStack(planned.stack) : await standpoint(clients, planned.stack);
  const { stack, body } = await clients.plans.apply(id);
  console.line(`Applying the plan to stack ${stack.name} (${stack.id})`);
  if (flags.wait !== true) {
    console.result(body);
    return 0;
  }
  const last = await watch(clients, stack, before, console);
  if (last === null) {
    if (planned.kind !== 'delete') throw new Failure('not-found', `stack ${stack.name} was deleted while it was being watched`);
    return tellGone(stack, console);
  }
  console.result(jsonOf(last, console.json ? await clients.stacks.resources(stack) : []));
  if (!isSettled(last.status)) {
    console.line(`\nNo longer watching; "${stack.name}" goes on. Look at it with: hearth stack show ${stack.name}`);
    return 130;
  }
  const good = last.status === 'CREATE_COMPLETE' || last.status === 'UPDATE_COMPLETE';
  for (const line of endLines(last, good)) console.line(line);
  for (const line of outputLines(last.outputs)) console.line(line);
  return good ? 0 : 1;
}
