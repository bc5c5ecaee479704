/** `hearth why`, `hearth stack retry …`: why a stack is as it is, and ways out of every state. */
import type { RecoveryClient, StackKey } from '@hearth/client';
import { Failure } from '@hearth/kernel';
import type { Command } from 'commander';
import { connectAll, type Where } from '../../connect.ts';
import type { Console } from '../../console.ts';
import { collect, type CommandFrame } from '../command-frame.ts';
import { presentStack, tellGone } from '../stack-presence.ts';
import { endLines, jsonOf, tableLines } from '../stack-text.ts';
import { standpoint, watch } from '../watch.ts';
import { whyLines } from './why-text.ts';

interface WaitFlags extends Where {
  readonly wait?: boolean;
}
interface ContinueFlags extends WaitFlags {
  readonly skip: readonly string[];
}
interface CancelFlags extends WaitFlags {
  readonly rollback?: boolean;
}
interface ForceFlags extends WaitFlags {
  readonly retain: readonly string[];
  readonly force: boolean;
  readonly timeout?: string;
}

const PATHS = 'such as server or group/0/server; may be given several times';

/** `stack`: the command whose others look at stacks. */
export function addRecoveryCommands(program: Command, stack: Command, { withFlags, run }: CommandFrame): void {
  const ofStack = (name: string, words: string): Command =>
    withFlags(stack.command(name).argument('<stack>', 'name or id')).description(words).option('--wait', 'watch until it has settled');
  withFlags(program.command('why').argument('<stack>', 'name or id').argument('[resource]', 'such as server or group/0/server'))
    .description('Why a stack, or a resource in it, waits or has failed, and what can be done.')
    .action((name: string, path: string | undefined, _flags, command: Command) =>
      run(command, (flags, console) => why(name, path ?? null, flags, console)),
    );
  ofStack('retry', 'Do again what the stack was last asked for.').action((name: string, _flags, command: Command) =>
    run<WaitFlags>(command, (flags, console) => act(name, flags, console, (recovery, key) => recovery.retry(key.id))),
  );
  ofStack('continue', 'Do it again as if the named resources were as they are wanted; they stay as they are.')
    .option('--skip <resource>', PATHS, collect, [])
    .action((name: string, _flags, command: Command) =>
      run<ContinueFlags>(command, (flags, console) => act(name, flags, console, (recovery, key) => recovery.goOn(key.id, flags.skip))),
    );
  ofStack('cancel', 'Break off what is under way.')
    .option('--rollback', 'and become again what the stack last completed with')
    .action((name: string, _flags, command: Command) =>
      run<CancelFlags>(command, (flags, console) =>
        act(name, flags, console, (recovery, key) => recovery.cancel(key.id, flags.rollback === true)),
      ),
    );
  ofStack('force-delete', 'Delete a stack in any case: what the cloud does not let go is left behind, and listed.')
    .option('--retain <resource>', `leave it in the cloud; ${PATHS}`, collect, [])
    .option('--no-force', 'leave behind only what --retain names')
    .option('--timeout <minutes>', 'wait no longer for any call')
    .action((name: string, _flags, command: Command) =>
      run<ForceFlags>(command, (flags, console) =>
        act(name, flags, console, (recovery, key) => recovery.forceDelete(key.id, wishOf(flags))),
      ),
    );
  withFlags(stack.command('leftovers').argument('[stack]', 'name, or the id of a deleted one; without: of the whole project'))
    .description('What deletions left in the cloud.')
    .action((name: string | undefined, _flags, command: Command) =>
      run(command, (flags, console) => listLeftovers(name ?? null, flags, console)),
    );
  withFlags(stack.command('versions').argument('<stack>', 'name or id'))
    .description('The definitions that a stack had, the newest first.')
    .action((name: string, _flags, command: Command) => run(command, (flags, console) => listVersions(name, flags, console)));
  ofStack('rollback', 'Update a stack to what it was to be in a former version.')
    .argument('<version>', 'its number, as in: hearth stack versions')
    .action((name: string, version: string, _flags, command: Command) =>
      run<WaitFlags>(command, (flags, console) =>
        act(name, flags, console, (recovery, key) => recovery.rollback(key.id, whole(version, 'the version'))),
      ),
    );
}

const wishOf = ({ retain, force, timeout }: ForceFlags) => ({
  retain,
  isForced: force,
  timeoutMins: timeout === undefined ? null : whole(timeout, '--timeout'),
});

function whole(text: string, what: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new Failure('invalid', `${what} must be a whole number, not "${text}"`);
}

async function why(name: string, path: string | null, where: Where, console: Console): Promise<number> {
  const { recovery } = await connectAll(where);
  const answer = await recovery.why(name, path);
  for (const line of whyLines(answer, path)) console.line(line);
  console.result(answer.body);
  return 0;
}

/** Asks, and with `--wait` shows what comes of it. */
async function act(
  name: string,
  flags: WaitFlags,
  console: Console,
  ask: (recovery: RecoveryClient, key: StackKey) => Promise<void>,
): Promise<number> {
  const clients = await connectAll(flags);
  const stack = await presentStack(clients.stacks, name);
  const before = flags.wait === true ? await standpoint(clients, stack) : null;
  await ask(clients.recovery, stack);
  if (before === null) {
    console.line(`Accepted for ${stack.name} (${stack.id}); what comes of it: hearth watch ${stack.name}`);
    console.result({ id: stack.id, name: stack.name });
    return 0;
  }
  const after = await watch(clients, stack, before, console);
  if (after === null) return tellGone(stack, console);
  console.result(jsonOf(after, []));
  if (console.cancel.aborted) return 130;
  const isGood = after.status.endsWith('_COMPLETE');
  for (const line of endLines(after, isGood)) console.line(line);
  return isGood ? 0 : 1;
}

async function listLeftovers(name: string | null, where: Where, console: Console): Promise<number> {
  const { recovery } = await connectAll(where);
  const found = await recovery.leftovers(name);
  if (found.length === 0) console.line('Nothing was left behind.');
  else
    for (const line of tableLines(
      ['STACK', 'RESOURCE', 'TYPE', 'PHYSICAL ID', 'REASON'],
      found.map((one) => [one.stackName, one.resourceName, one.resourceType, one.physicalId ?? '(not known)', one.reason]),
    ))
      console.line(line);
  console.result(found.map((one) => ({ ...one })));
  return 0;
}

async function listVersions(name: string, where: Where, console: Console): Promise<number> {
  const { recovery } = await connectAll(where);
  const versions = await recovery.versions(name);
  const rows = versions.map((one) => [
    `${one.number}${one.isPresent ? ' *' : ''}`,
    one.madeAt,
    one.madeBy ?? '',
    one.completedAt === null ? 'never' : one.completedAt,
    one.returnsTo === null ? one.changes : `back to ${one.returnsTo}: ${one.changes}`,
  ]);
  for (const line of tableLines(['VERSION', 'MADE', 'BY', 'COMPLETED', 'CHANGES'], rows)) console.line(line);
  console.result(versions.map((one) => ({ ...one })));
  return 0;
}
