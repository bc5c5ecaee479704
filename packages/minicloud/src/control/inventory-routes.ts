/** What exists, over HTTP: counts and a list, so that a test can say that nothing was left over. */
import { json, type Route } from '@hearth/http-kit';
import type { Queryable } from '@hearth/store';
import type { ServiceContext } from '../service.ts';
import { storedThings } from '../store/inventory.ts';
import { counted, inventory } from './inventory.ts';
import { projectNamed } from './projects.ts';
import { invalid } from './read-fields.ts';
import { serviceNamed, CLOUD_SERVICES } from './service-names.ts';

const FILTERS = ['project', 'service', 'collection'];

export const inventoryRoutes = ({ store, clock }: ServiceContext, db: Queryable): readonly Route[] => [
  {
    method: 'GET',
    path: '/objects',
    async handle({ query }) {
      for (const name of query.keys())
        if (!FILTERS.includes(name)) throw invalid(`there is no filter "${name}"; there are: ${FILTERS.join(', ')}`);
      const [project, asked, collection] = FILTERS.map((name) => query.get(name));
      const service = asked === null || asked === undefined ? null : serviceNamed(asked);
      if (asked !== null && service === null) throw invalid(`there is no service "${asked}"; there are: ${CLOUD_SERVICES.join(', ')}`);
      const projectId = project === null || project === undefined ? null : (await projectNamed(store, project)).id;
      const defaults = new Set((await store.claims.taken('neutron.default_security_group')).map(({ owner }) => owner));
      const all = await inventory(storedThings(db, projectId), defaults, clock.now());
      const things = all.filter(
        (one) =>
          (projectId === null || one.project === projectId) &&
          (service === null || one.service === service) &&
          (collection === null || one.collection === collection),
      );
      return json(200, { count: things.length, counts: counted(things), objects: things });
    },
  },
];
