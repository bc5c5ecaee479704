/** Where users and groups may be given roles: on a project or on a domain. What is not known yet (`undefined`) is no mistake. */
import { type GivenProperties, propertyMessages } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { keystoneGroup } from './group.ts';
import { keystoneGroupRoleAssignment } from './group-role-assignment.ts';
import { keystoneUser } from './user.ts';
import { keystoneUserRoleAssignment } from './user-role-assignment.ts';

const rows: readonly (readonly [what: string, role: GivenProperties | undefined, ...messages: readonly string[]])[] = [
  ['on a project', { role: 'member', project: 'p' }],
  ['on a domain', { role: 'member', domain: 'd' }],
  ['on both', { role: 'member', project: 'p', domain: 'd' }, 'Cannot define the following properties at the same time: project, domain.'],
  ['on nothing', { role: 'member' }, 'Either project or domain must be specified for role member'],
  ['on nothing, by a name not known yet', { role: undefined }, 'Either project or domain must be specified for role of the list'],
  ['on a project not known yet', { role: 'member', project: undefined }],
  ['not known yet', undefined],
];
const types = [
  [keystoneUser, {}],
  [keystoneGroup, {}],
  [keystoneUserRoleAssignment, { user: 'u' }],
  [keystoneGroupRoleAssignment, { group: 'g' }],
] as const;

describe.each(types)('%s', (type, whole) => {
  it.each(rows)('a role %s', (_what, role, ...messages) =>
    expect(propertyMessages(type, { ...whole, roles: [role] } as GivenProperties)).toEqual(messages),
  );
  it('needs no roles', () => expect(propertyMessages(type, whole)).toEqual([]));
});
