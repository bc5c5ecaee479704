/** Commands of the stock client in its long-lived process, asked as if each were one of its own. */
import type { CloudShell } from './cloud-shell.ts';
import { commandOf, type OpenStackCommand, type OpenStackTarget } from './openstack.ts';

export function shellCommand(shell: CloudShell, { cloudsFile, cloud }: OpenStackTarget): OpenStackCommand {
  return commandOf(async (...args) => {
    const { code, stdout, stderr } = await shell.run(cloudsFile, cloud, args);
    return { code, output: code === 0 ? stdout : `${stdout}${stderr}` };
  });
}
