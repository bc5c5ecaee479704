/** Flavors and their profiles: an administrator's plain collections, which have no marks. */
import type { Cloud, OctaviaKind } from '@hearth/cloud-openstack';
import type { Json, JsonObject } from '@hearth/kernel';
import { type Call, done, type Live, type Progress, wait, isSet, nameOr } from '@hearth/resource-kit';
import { given } from './changing-part.ts';

interface NamedProps {
  readonly name: string | null;
}
/**
 * Where the user chose the name, creation first commits, under a stand-in for the id, which items of that name there were: whatever is
 * there beyond these is ours.
 */
const PREPARED = 'prepared:';

export interface AdministeredPlan<P extends NamedProps> {
  readonly kind: Extract<OctaviaKind, 'flavor' | 'flavorprofile'>;
  body(call: Call<Cloud, P>): Promise<Readonly<Record<string, Json | undefined>>>;
}
export interface AdministeredHandlers<P> {
  find(call: Call<Cloud, P>): Promise<readonly string[]>;
  isStandIn(physicalId: string): boolean;
  create(call: Call<Cloud, P>): Promise<Progress & { readonly physicalId: string }>;
  checkCreate(live: Live<Cloud, P>): Promise<Progress>;
  delete(live: Live<Cloud, P>): Promise<Progress>;
}

export function administeredHandlers<P extends NamedProps>(plan: AdministeredPlan<P>): AdministeredHandlers<P> {
  const { kind } = plan;
  const place = { kind, parentId: null };
  const idsNamed = async ({ cloud, props, physicalName }: Call<Cloud, P>): Promise<readonly string[]> => {
    const name = nameOr(props.name, physicalName);
    const items = await cloud.octavia.list(place, { name });
    return items.flatMap((item) => (item.name === name && typeof item.id === 'string' ? [item.id] : []));
  };
  const make = async (call: Call<Cloud, P>): Promise<string> => {
    const item = { name: nameOr(call.props.name, call.physicalName), ...given(await plan.body(call)) };
    return String((await call.cloud.octavia.create(place, item)).id);
  };
  const fresh = async (live: Live<Cloud, P>): Promise<readonly string[]> => {
    const { before } = live.data;
    // Without what was there before, nothing can be told to be ours.
    if (!Array.isArray(before)) return [];
    return (await idsNamed(live)).filter((id) => !(before as readonly Json[]).includes(id));
  };
  return {
    isStandIn: (physicalId) => physicalId.startsWith(PREPARED),
    find: async (call) => (isSet(call.props.name) ? [] : idsNamed(call)),
    async create(call) {
      if (!isSet(call.props.name)) return done({ physicalId: await make(call) });
      return wait('preparing', { physicalId: `${PREPARED}${call.physicalName}`, data: { before: await idsNamed(call) }, afterMs: 0 });
    },
    async checkCreate(live) {
      if (!live.physicalId.startsWith(PREPARED)) return done();
      const [present] = await fresh(live);
      return done({ physicalId: present ?? (await make(live)), data: {} });
    },
    async delete(live) {
      const ids = live.physicalId.startsWith(PREPARED) ? await fresh(live) : [live.physicalId];
      for (const id of ids) await live.cloud.octavia.delete(place, id);
      return done();
    },
  };
}

/** The changed fields, with the made-up name where the user's was taken away. */
export const withName = (fields: JsonObject, { name }: NamedProps, physicalName: string): JsonObject =>
  'name' in fields ? { ...fields, name: nameOr(name, physicalName) } : fields;
