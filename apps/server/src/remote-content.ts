/** What templates name and do not bring along, from the web through the outbound rules and from the caller's own containers. */
import { cloudOf, type Session } from '@hearth/cloud-openstack';
import { Refusal, type Secret } from '@hearth/kernel';
import { type Outbound, urlForPeople } from '@hearth/outbound';
import type { RemoteContent } from '@hearth/stacks';

export interface RemoteContentPorts {
  readonly outbound: Outbound;
  readonly sessionWithToken: (token: Secret) => Session;
}

const AT_A_TIME = 4;

export function remoteContent({ outbound, sessionWithToken }: RemoteContentPorts): RemoteContent {
  return {
    fetchText: async (url, limits) => (await outbound.fetchText(url, limits)).text,
    shownUrl: (url) => urlForPeople(url),
    async containerFiles(caller, container, { maxFiles, maxBytes, except }) {
      const { swift } = cloudOf(sessionWithToken(caller.token));
      const found = await swift.objects(container, maxFiles + except.size + 1);
      if (found === null) return null;
      const wanted = found.filter(({ name }) => !except.has(name));
      if (wanted.length > maxFiles) throw tooLarge(`it has more than the ${maxFiles} objects allowed.`);
      const bytes = wanted.reduce((sum, one) => sum + one.bytes, 0);
      if (bytes > maxBytes) throw tooLarge(`Total size of files to download (${bytes} bytes) exceeds maximum allowed (${maxBytes} bytes).`);
      const files: [string, string][] = [];
      for (let start = 0; start < wanted.length; start += AT_A_TIME) {
        const some = wanted.slice(start, start + AT_A_TIME);
        files.push(
          ...(await Promise.all(some.map(async ({ name }): Promise<[string, string]> => [name, await swift.objectText(container, name)]))),
        );
      }
      return Object.fromEntries(files);
    },
  };
}

const tooLarge = (message: string): Refusal => new Refusal('too-large', 'DownloadLimitExceeded', message);
