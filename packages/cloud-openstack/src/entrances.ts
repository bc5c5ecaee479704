/** Addresses at which guests reach this program and the cloud's identity service. */
import { Failure } from '@hearth/kernel';
import type { ServiceType } from './catalogue.ts';
import type { Session } from './session.ts';

/** No slash at the end of any. */
export interface Entrances {
  /** Of our native API, for requests of the project: `http://host:8004/v1/<project>`. */
  api(projectId: string): Promise<string>;
  /** Of URLs that are signed: `http://host:8004/cfn/v1`. */
  signed(): Promise<string>;
  identity(): Promise<string>;
  region(): Promise<string | null>;
}

/** `publicUrl`: where the operator says that we are; null: where the catalogue says. */
export function entrancesOf(session: Session, publicUrl: string | null): Entrances {
  const listed = async (service: ServiceType): Promise<string> => {
    const url = await session.endpoint(service);
    if (url !== null) return url;
    const remedy = 'the operator adds it, or sets HEARTH_PUBLIC_URL';
    throw new Failure('configuration', `guests could not reach us: the cloud's catalogue has no ${service} service; ${remedy}`);
  };
  return {
    async api(projectId) {
      if (publicUrl !== null) return `${publicUrl}/v1/${projectId}`;
      // The catalogue's line is for our own project, which ends it.
      const url = await listed('orchestration');
      return `${url.slice(0, url.lastIndexOf('/v1') + 3)}/${projectId}`;
    },
    signed: async () => (publicUrl !== null ? `${publicUrl}/cfn/v1` : listed('cloudformation')),
    identity: () => listed('identity'),
    region: async () => session.region,
  };
}
