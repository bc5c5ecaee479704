/** Roles that users and groups are given, each on a project or on a domain. */
import { c, conflict, p } from '@hearth/resource-kit';

export const domain = p.string('Name or id of the domain.', {
  updatable: true,
  default: 'default',
  constraints: [c.custom('keystone.domain')],
});

export const roles = p.listOf(
  p.mapOf({
    role: p.string('Name or id of the role.', { required: true, constraints: [c.custom('keystone.role')] }),
    project: p.string('Name or id of the project on which it is given. Either this or a domain.', {
      constraints: [c.custom('keystone.project')],
    }),
    domain: p.string('Name or id of the domain on which it is given. Either this or a project.', {
      constraints: [c.custom('keystone.domain')],
    }),
  })('One role.'),
)('Roles that are given.', { updatable: true });

interface Assignment {
  readonly role?: string;
  readonly project?: string | null;
  readonly domain?: string | null;
}

/** A role is given on a project or on a domain. Entries that are not known yet are null, parts of them absent. */
export function roleProblems({ roles: assignments }: { readonly roles?: readonly (Assignment | null)[] | null }): readonly string[] {
  return (assignments ?? []).flatMap((assignment) => {
    if (assignment === null) return [];
    const { role, project, domain: on } = assignment;
    // An empty text counts as given.
    const isGiven = (value: string | null | undefined): boolean => value !== undefined && value !== null;
    if (isGiven(project) && isGiven(on)) return [conflict('project', 'domain')];
    return project === null && on === null ? [`Either project or domain must be specified for role ${role ?? 'of the list'}`] : [];
  });
}
