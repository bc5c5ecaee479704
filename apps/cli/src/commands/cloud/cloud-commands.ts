/** `hearth cloud …`: the commands that steer the mini-cloud, with their flags. */
import type { Command } from 'commander';
import type { CommandFrame } from '../command-frame.ts';
import { addBehaviour, type BehaviourFlags, listBehaviours, removeBehaviour, type RemoveFlags } from './behaviour.ts';
import { cloudObjects, type ObjectFlags } from './objects.ts';
import { cloudTime, type TimeFlags } from './time.ts';

export function addCloudCommands(program: Command, { withFlags, run }: CommandFrame): void {
  const cloud = program.command('cloud').description('Steer the mini-cloud of a server on this machine, as its administrator.');
  const behaviour = cloud.command('behaviour').description('What the mini-cloud does to requests and objects that are like this.');
  withFlags(behaviour.command('add'))
    .description('Add a behaviour: where it applies, and exactly one thing that then happens. * in a pattern stands for anything.')
    .option('--service <name>', 'compute, network, block-storage, load-balancer, image, object-store or identity')
    .option('--method <method>', 'GET, POST …')
    .option('--path <pattern>', 'of the request, e.g. "*/servers"')
    .option('--project <project>', 'id or name')
    .option('--name <pattern>', "of the object's name")
    .option('--times <n>', 'how often (default: always)')
    .option('--chance <p>', '0 to 1 (default 1)')
    .option('--seed <n>', 'of the chance, to have the same again')
    .option('--build-seconds <n>', 'until what is made can be used')
    .option('--transition-seconds <n>', 'of every other change, deletion too')
    .option('--error-after-build <message>', 'what is made ends in error')
    .option('--refuse <status>', 'with this HTTP status')
    .option('--message <text>', 'of the refusal')
    .option('--retry-after <seconds>', 'of the refusal')
    .option('--lose-reply', 'act, then cut the connection')
    .option('--delay-seconds <n>', 'wait before acting')
    .option('--throttle <n>', 'requests a second; 429 above')
    .action((_flags, command: Command) => run<BehaviourFlags>(command, addBehaviour));
  withFlags(behaviour.command('list'))
    .description('Every behaviour, with how often it has applied.')
    .action((_flags, command: Command) => run(command, listBehaviours));
  withFlags(behaviour.command('remove').argument('[id]', 'of one behaviour'))
    .description('Take a behaviour away.')
    .option('--all', 'all of them')
    .action((id: string | undefined, _flags, command: Command) =>
      run<RemoveFlags>(command, (flags, console) => removeBehaviour(id, flags, console)),
    );
  withFlags(cloud.command('time'))
    .description("The mini-cloud's time; with a flag, change it. It never goes back.")
    .option('--advance <seconds>', 'leap forward')
    .option('--factor <n>', 'how many of its seconds go by in a real one')
    .action((_flags, command: Command) => run<TimeFlags>(command, cloudTime));
  withFlags(cloud.command('objects'))
    .description('What there is besides what was there from the start.')
    .option('--project <project>', 'id or name')
    .option('--service <name>', 'of one service')
    .action((_flags, command: Command) => run<ObjectFlags>(command, cloudObjects));
}
