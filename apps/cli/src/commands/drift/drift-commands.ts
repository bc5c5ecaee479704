/** `hearth drift …`: what has become of the resources of a stack without us, and what to do about it. */
import type { DriftReport } from '@hearth/client';
import { Failure } from '@hearth/kernel';
import type { Command } from 'commander';
import { connectAll, type Where } from '../../connect.ts';
import type { Console } from '../../console.ts';
import type { CommandFrame } from '../command-frame.ts';
import { presentStack } from '../stack-presence.ts';
import { jsonOf } from '../stack-text.ts';
import { standpoint, watch } from '../watch.ts';
import { exitCodeOf, reportLines } from './drift-text.ts';
import { untilLooked } from './looked.ts';

interface WaitFlags extends Where {
  readonly wait?: boolean;
}
interface ScheduleFlags extends Where {
  readonly every: string;
}

export function addDriftCommands(program: Command, { withFlags, run }: CommandFrame): void {
  const drift = program.command('drift').description('What is no longer as it was applied: look for it, take it for good, bring it back.');
  withFlags(drift.command('detect').argument('<stack>', 'name or id'))
    .description(
      'Look at everything in a stack and below it. With --wait: exit code 0 when it is as applied, 2 when not, 1 when that cannot be told.',
    )
    .option('--wait', 'until everything was looked at, and show what was found')
    .action((stack: string, _flags, command: Command) => run<WaitFlags>(command, (flags, console) => detect(stack, flags, console)));
  withFlags(drift.command('show').argument('<stack>', 'name or id'))
    .description('What was found when it was last looked for. Exit codes as for detect.')
    .action((stack: string, _flags, command: Command) => run(command, (flags, console) => show(stack, flags, console)));
  withFlags(drift.command('accept').argument('<stack>', 'name or id').argument('<resource...>', 'such as server or group/0/server'))
    .description('Take what was found of resources for good, until it changes again.')
    .action((stack: string, resources: readonly string[], _flags, command: Command) =>
      run(command, (flags, console) => accept(stack, resources, flags, console)),
    );
  withFlags(drift.command('revert').argument('<stack>', 'name or id').argument('[resource...]', 'such as server or group/0/server'))
    .description('Bring resources back to what was applied; without any, all that drifted and was not accepted.')
    .option('--wait', 'watch until it is done')
    .action((stack: string, resources: readonly string[], _flags, command: Command) =>
      run<WaitFlags>(command, (flags, console) => revert(stack, resources, flags, console)),
    );
  withFlags(drift.command('schedule').argument('<stack>', 'name or id'))
    .description('How often a stack is looked at by itself.')
    .requiredOption('--every <minutes>', 'minutes; "never", or "default" for what the operator says')
    .action((stack: string, _flags, command: Command) => run<ScheduleFlags>(command, (flags, console) => schedule(stack, flags, console)));
}

async function detect(stack: string, flags: WaitFlags, console: Console): Promise<number> {
  const { drift } = await connectAll(flags);
  const asked = await drift.detect(stack);
  if (flags.wait === true) return told(await untilLooked(drift, stack, console), console);
  console.line(`Looking at ${asked.stack}; what is found: hearth drift show ${asked.stack}`);
  console.result(asked.body);
  return 0;
}

function told(report: DriftReport, console: Console): number {
  for (const line of reportLines(report)) console.line(line);
  console.result(report.body);
  return exitCodeOf(report);
}

async function show(stack: string, flags: Where, console: Console): Promise<number> {
  const { drift } = await connectAll(flags);
  return told(await drift.report(stack), console);
}

async function accept(stack: string, resources: readonly string[], flags: Where, console: Console): Promise<number> {
  const { drift } = await connectAll(flags);
  const accepted = await drift.accept(stack, resources);
  console.line(accepted.length === 0 ? 'There was nothing to accept.' : `Accepted as they are: ${accepted.join(', ')}`);
  console.result({ accepted });
  return 0;
}

async function revert(name: string, resources: readonly string[], flags: WaitFlags, console: Console): Promise<number> {
  const clients = await connectAll(flags);
  const stack = await presentStack(clients.stacks, name);
  const before = flags.wait === true ? await standpoint(clients, stack) : null;
  await clients.drift.revert(stack.id, resources);
  console.line(`Bringing back what drifted in ${stack.name} (${stack.id})`);
  if (before === null) {
    console.result({ id: stack.id, name: stack.name });
    return 0;
  }
  const after = await watch(clients, stack, before, console);
  if (after === null) throw new Failure('not-found', `stack ${stack.name} was deleted meanwhile`);
  console.line(`${after.name} ${after.status}${after.status === 'UPDATE_COMPLETE' ? '' : `: ${after.reason}`}`);
  console.result(jsonOf(after, []));
  if (console.cancel.aborted) return 130;
  return after.status === 'UPDATE_COMPLETE' ? 0 : 1;
}

async function schedule(stack: string, { every, ...where }: ScheduleFlags, console: Console): Promise<number> {
  const minutes = every === 'default' ? null : every === 'never' ? 0 : Number(every);
  if (minutes !== null && (!Number.isInteger(minutes) || minutes < 0))
    throw new Failure('invalid', `--every ${every}: a whole number of minutes, "never" or "default" is wanted`);
  const report = await (await connectAll(where)).drift.schedule(stack, minutes);
  const words = minutes === null ? 'as often as the operator says' : minutes === 0 ? 'never' : `every ${minutes} minutes`;
  console.line(`${report.stack} is looked at ${words}.`);
  console.result(report.body);
  return 0;
}
