/** The server program: `start` (everything, with the example), `serve` (the same without the show). Flags in, exit code out. */
import { Command, Option } from 'commander';
import { Failure, messageOf } from '@hearth/kernel';
import { type Flags, readSettings } from './settings.ts';
import { serve, start } from './commands.ts';
import { retire, rotate, showKeys } from './key-commands.ts';
import { exportStateTo, importStateFrom, type StateFlags } from './state-commands.ts';

interface StartFlags extends Flags {
  readonly once?: boolean;
  readonly example: boolean;
}

const program = new Command('hearth')
  .description('Stack orchestration and autoscaling for OpenStack-shaped clouds.')
  .showHelpAfterError()
  .configureHelp({ sortOptions: true });

const withStoreFlags = (command: Command): Command =>
  command
    .addOption(new Option('--data <dir>', 'data folder (default .hearth, or HEARTH_DATA)'))
    .addOption(
      new Option(
        '--database-url <url>',
        'a PostgreSQL server (15 or later) instead of the embedded one; a password belongs in HEARTH_DATABASE_URL',
      ),
    )
    .addOption(new Option('--pg-bin <dir>', "folder with another PostgreSQL's initdb and postgres, for the embedded server"));

const withFlags = (command: Command): Command =>
  withStoreFlags(command)
    .addOption(new Option('--port <n>', 'port of the orchestration API (default 8004; 0 = any free one)'))
    .addOption(new Option('--cloud-port <n>', 'port of the embedded cloud (default 5000; 0 = any free one)'))
    .addOption(
      new Option(
        '--roles <list>',
        'what this process does: api,engine,minicloud (default: all; no minicloud with HEARTH_KEYSTONE_AUTH_URL)',
      ),
    );

withFlags(program.command('start', { isDefault: true }))
  .description('Start everything on loopback, deploy the example if there is no stack, stay until Ctrl-C.')
  .option('--once', 'stop when the first stack has settled; exit 0 if it is CREATE_COMPLETE')
  .option('--no-example', 'deploy nothing')
  .action((flags: StartFlags) => run(() => start(readSettings(process.env, flags), { once: flags.once === true, example: flags.example })));

withFlags(program.command('serve'))
  .description('Start the chosen roles and stay until told to stop.')
  .action((flags: Flags) => run(() => serve(readSettings(process.env, flags))));

const state = program.command('state').description('All state of the database to a file, and into an empty database.');
const withStateFlags = (command: Command): Command =>
  withStoreFlags(command).option(
    '--passphrase-file <file>',
    'holds the passphrase that secrets are sealed with (or HEARTH_STATE_PASSPHRASE)',
  );
withStateFlags(state.command('export').argument('<file>', 'is written; packed if its name ends in .gz'))
  .description('Write all stacks, with all that is known of them, to a file. The server may run meanwhile.')
  .action((file: string, flags: Flags & StateFlags) => run(() => exportStateTo(readSettings(process.env, flags), file, flags)));
withStateFlags(state.command('import').argument('<file>', 'made by export'))
  .description('Read such a file into a database that is empty: all of it, or nothing.')
  .action((file: string, flags: Flags & StateFlags) => run(() => importStateFrom(readSettings(process.env, flags), file, flags)));

const keys = program.command('keys').description('The keys that secrets in the database are sealed with.');
withStoreFlags(keys.command('list'))
  .description('The keys that the database knows, and the processes that use them.')
  .action((flags: Flags) => run(() => showKeys(readSettings(process.env, flags))));
withStoreFlags(keys.command('rotate'))
  .description('Make a new key, wait until every process has it, and seal with it from then on; what is there is sealed anew bit by bit.')
  .action((flags: Flags) => run(() => rotate(readSettings(process.env, flags))));
withStoreFlags(keys.command('retire').argument('<id>', 'as hearth keys list shows it; its first digits will do'))
  .description('Do without a former key that nothing is sealed with any more.')
  .action((id: string, flags: Flags) => run(() => retire(readSettings(process.env, flags), id)));

async function run(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    process.exitCode = 1;
    // A failure says itself what to do; anything else is a defect and comes with its trace.
    console.error(
      error instanceof Failure
        ? `hearth: ${error.message}`
        : `hearth: unexpected: ${error instanceof Error ? error.stack : messageOf(error)}`,
    );
  }
  // Whatever still holds the event loop (a stray timer) must not keep a finished program alive.
  setTimeout(() => process.exit(), 500).unref();
}

await program.parseAsync();
