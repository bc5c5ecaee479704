/** What the types for data processing have in common. */
import { c, p } from '@hearth/resource-kit';

/** Names of clusters and templates become names of machines. */
export const nameRules = (longest: number) => [
  c.length(1, longest),
  c.pattern('^(([a-zA-Z]|[a-zA-Z][a-zA-Z0-9\\-]*[a-zA-Z0-9])\\.)*([A-Za-z]|[A-Za-z][A-Za-z0-9\\-]*[A-Za-z0-9])$'),
];
export const templateName = p.string('The name; one is made up if there is none.', { updatable: true, constraints: nameRules(50) });
export const ownName = p.string('The name; one is made up if there is none.', { updatable: true });
export const description = p.string('A text for people.', { default: '', updatable: true });

export const sahara = { plugin: c.custom('sahara.plugin'), image: c.custom('sahara.image') };
export const templatePlugin = p.string('Name of the plugin that knows the software, such as vanilla or spark.', {
  required: true,
  updatable: true,
  constraints: [sahara.plugin],
});
export const templateVersion = p.string('Version of the software.', { required: true, updatable: true });

export const share = p.mapOf({
  id: p.string('Id of the shared file system.', { required: true }),
  path: p.string('Where it is mounted; /mnt and its id if absent.'),
  access_level: p.string('Whether machines may write (rw) or only read (ro).', { default: 'rw', constraints: [c.oneOf('rw', 'ro')] }),
})('One shared file system.');
export const SHARES = 'Shared file systems that every machine mounts.';
export const AUTOCONFIG = 'Whether settings that depend on the size of the machines are worked out.';

export const credentials = p.mapOf({
  user: p.string('Name of the user.', { required: true }),
  password: p.string('Password of the user.', { required: true, secret: true }),
})('Who logs in at the URL; none is needed where the service acts by a trust.', { updatable: true });
