/** Role assignments as lists show them: as they were given, or what they come to (groups, inheritance and implied roles taken apart). Pure. */
import { impliedRoles, type Role } from './machine.ts';
import type { AssignmentBody } from './state.ts';

export interface Row {
  readonly user_id: string | null;
  readonly group_id: string | null;
  readonly role_id: string;
  readonly project_id: string | null;
  readonly domain_id: string | null;
  readonly system: boolean;
  readonly inherited: boolean;
  /** Where an effective row comes from. */
  readonly through: {
    readonly groupId?: string;
    readonly projectId?: string;
    readonly domainId?: string;
    /** The granted role that implied this one. */
    readonly roleId?: string;
  };
}

export interface World {
  readonly roles: ReadonlyMap<string, Role>;
  /** By group: ids of its users. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Ids of the projects a project or a domain passes its inherited grants to. */
  readonly below: (kind: 'project' | 'domain', id: string) => readonly string[];
}

export const rowOf = (grant: AssignmentBody): Row => ({
  user_id: grant.user_id,
  group_id: grant.group_id ?? null,
  role_id: grant.role_id,
  project_id: grant.project_id,
  domain_id: grant.domain_id,
  system: grant.system === true,
  inherited: grant.inherited === true,
  through: {},
});

/** What was given first, then what it implies; the same role reached in the same way stands once. */
export function effectiveRows(grants: readonly AssignmentBody[], world: World): readonly Row[] {
  const placed = grants.map(rowOf).flatMap((grant) => spread(grant, world));
  const rows = new Map<string, Row>();
  for (const row of [...placed, ...placed.flatMap((one) => implied(one, world))]) rows.set(JSON.stringify(row), row);
  return [...rows.values()].filter((row) => (world.roles.get(row.role_id)?.body.domain_id ?? null) === null);
}

function spread(row: Row, world: World): readonly Row[] {
  const users: readonly Row[] =
    row.group_id === null
      ? [row]
      : (world.members.get(row.group_id) ?? []).map((user_id) => ({
          ...row,
          user_id,
          group_id: null,
          through: { ...row.through, groupId: row.group_id as string },
        }));
  if (!row.inherited) return users;
  const from = row.project_id === null ? { domainId: row.domain_id ?? '' } : { projectId: row.project_id };
  const places = row.project_id === null ? world.below('domain', row.domain_id ?? '') : world.below('project', row.project_id);
  return users.flatMap((one) =>
    places.map((project_id) => ({ ...one, project_id, domain_id: null, inherited: false, through: { ...one.through, ...from } })),
  );
}

/** The roles that come with the granted one, each through the role next to it on the way. */
function implied(row: Row, world: World): readonly Row[] {
  const reached = impliedRoles([row.role_id], world.roles);
  return reached.slice(1).map((role) => {
    const prior = reached.find((one) => one.body.implies.includes(role.id))?.id ?? row.role_id;
    return { ...row, role_id: role.id, through: { ...row.through, roleId: prior } };
  });
}
