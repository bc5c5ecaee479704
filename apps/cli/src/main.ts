/** The `hearth` command line: flags in, one command, exit code out. `hearth serve` is the server program, chosen by the launcher. */
import { Failure } from '@hearth/kernel';
import { type Command, Option } from 'commander';
import { addCloudCommands } from './commands/cloud/cloud-commands.ts';
import { withDefinition } from './commands/definition-flags.ts';
import { addDriftCommands } from './commands/drift/drift-commands.ts';
import { type DeleteFlags, deleteStack } from './commands/delete-stack.ts';
import { type EventFlags, listEvents } from './commands/list-events.ts';
import { listStacks } from './commands/list-stacks.ts';
import { addPlanCommands } from './commands/plan/plan-commands.ts';
import { addRecoveryCommands } from './commands/recovery/recovery-commands.ts';
import { showStack } from './commands/show-stack.ts';
import { type UpFlags, up } from './commands/up.ts';
import { type ValidateFlags, validate } from './commands/validate.ts';
import { watchStack } from './commands/watch-stack.ts';
import type { Where } from './connect.ts';
import { doctor } from './doctor/doctor.ts';
import { systemConsole } from './console.ts';
import { HearthCommand } from './hearth-command.ts';

interface CommonFlags extends Where {
  readonly json?: boolean;
}

const withFlags = (command: Command): Command =>
  command
    .option('--json', 'print JSON (one value) instead of text')
    .addOption(new Option('--data <dir>', "the server's data folder (default .hearth, or HEARTH_DATA)"))
    .addOption(new Option('--cloud <name>', 'a cloud of clouds.yaml (default: OS_CLOUD, the OS_* variables, or "hearth")'))
    .addOption(new Option('--endpoint <url>', "the orchestration API with the project's id, where the catalogue does not list it"));

const program = withFlags(new HearthCommand('hearth'))
  .description('Stacks on OpenStack-shaped clouds. The flags below may stand before the command or after it.')
  .configureHelp({ sortOptions: true, sortSubcommands: true });

program
  .command('serve')
  .description('Start the server and stay until told to stop (its own flags: hearth serve --help).')
  .allowUnknownOption();

program
  .command('state')
  .description("All state to a file, and into an empty database; on the server's machine (hearth state --help).")
  .allowUnknownOption();

program
  .command('keys')
  .description("The keys of the database's secrets; on the server's machine (hearth keys --help).")
  .allowUnknownOption();

withDefinition(withFlags(program.command('up').argument('<template>', 'file with a template (HOT)')))
  .description('Create a stack from a template, or update it, and watch it until it has settled.')
  .option('-n, --name <name>', "the stack's name (default: the template's file name)")
  .option('--rollback', 'go back when it fails')
  .option('--timeout <minutes>', 'give up after so many minutes')
  .option('--observe', 'look first at what the cloud has, and bring back what drifted')
  .option('--no-wait', 'return as soon as the wish is accepted')
  .action((template: string, _flags, command: Command) => run<UpFlags>(command, (flags, console) => up(template, flags, console)));

withDefinition(withFlags(program.command('validate').argument('<template>', 'file with a template')))
  .description('Say what is wrong with a template and all that it names, with the lines; exit code 1 when there are errors.')
  .option('--strict', 'as for making a stack now: every parameter needs a value')
  .option('--offline', 'without a server: types of resources and what the cloud has are not checked')
  .action((template: string, _flags, command: Command) =>
    run<ValidateFlags>(command, (flags, console) => validate(template, flags, console)),
  );

withFlags(program.command('watch').argument('<stack>', 'name or id'))
  .description('Show what goes on in a stack and in those below it, until it has settled.')
  .action((name: string, _flags, command: Command) => run(command, (flags, console) => watchStack(name, flags, console)));
withFlags(program.command('events').argument('<stack>', 'name or id'))
  .description('What has happened to a stack and to those below it, oldest first.')
  .option('-f, --follow', 'go on with what happens next (with --json: one value a line)')
  .option('--no-nested', 'without the stacks below')
  .action((name: string, _flags, command: Command) => run<EventFlags>(command, (flags, console) => listEvents(name, flags, console)));

const stack = program.command('stack').description('Look at stacks, delete them, and help those that wait or have failed.');
withFlags(stack.command('list'))
  .description('Every stack of the project.')
  .action((_flags, command: Command) => run(command, listStacks));
withFlags(stack.command('show').argument('<stack>', 'name or id'))
  .description('One stack with its resources and outputs.')
  .action((name: string, _flags, command: Command) => run(command, (flags, console) => showStack(name, flags, console)));
withFlags(stack.command('delete').argument('<stack>', 'name or id'))
  .description('Delete a stack with everything in it.')
  .option('--wait', 'watch until it is gone')
  .action((name: string, _flags, command: Command) => run<DeleteFlags>(command, (flags, console) => deleteStack(name, flags, console)));

addPlanCommands(program, { withFlags, run });
addRecoveryCommands(program, stack, { withFlags, run });
addCloudCommands(program, { withFlags, run });
addDriftCommands(program, { withFlags, run });

withFlags(program.command('doctor'))
  .description('Look for what is wrong and say what to do.')
  .action((_flags, command: Command) => run(command, doctor));

async function run<Flags extends CommonFlags>(
  command: Command,
  work: (flags: Flags, console: ReturnType<typeof systemConsole>) => Promise<number>,
): Promise<void> {
  const flags = command.optsWithGlobals<Flags>();
  const console = systemConsole(flags.json === true);
  try {
    process.exitCode = await work(flags, console);
  } catch (error) {
    // A failure says itself what to do; anything else is a defect and comes with its trace.
    console.fail(
      error instanceof Failure ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error),
      error instanceof Failure ? error.code : 'bug',
    );
    process.exitCode = 1;
  }
}

await program.parseAsync();
