/** A command that complains about what was typed as it does about everything else: the reason alone, as JSON where that was asked for, and how it is written. */
import { Command, type ErrorOptions } from 'commander';
import { systemConsole } from './console.ts';

export class HearthCommand extends Command {
  override createCommand(name?: string): HearthCommand {
    return new HearthCommand(name);
  }

  override error(message: string, { exitCode = 1, code = '' }: ErrorOptions = {}): never {
    // What stands after the mistake has not been read as flags yet.
    const console = systemConsole(process.argv.includes('--json'));
    const elsewhere = code === 'commander.unknownCommand' ? this.#elsewhere(this.args[0] ?? '') : [];
    const lines = [
      message.replace(/^error: /, ''),
      ...(elsewhere.length === 0 ? [] : [`There is: ${elsewhere.join(', ')}`]),
      `Usage: ${this.createHelp().commandUsage(this)}`,
      `More: ${pathOf(this)} --help`,
    ];
    console.fail(lines.join('\n'), 'invalid');
    process.exit(exitCode);
  }

  /** Where in the program there is a command of that name. */
  #elsewhere(name: string): readonly string[] {
    const all: Command[] = [rootOf(this)];
    for (const command of all) all.push(...command.commands);
    return all.filter((command) => command.name() === name).map(pathOf);
  }
}

const lineOf = (command: Command): readonly Command[] => (command.parent === null ? [command] : [...lineOf(command.parent), command]);
const rootOf = (command: Command): Command => lineOf(command)[0] ?? command;
const pathOf = (command: Command): string =>
  lineOf(command)
    .map((one) => one.name())
    .join(' ');
