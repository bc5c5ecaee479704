/** Writes `docs/resource-types.md`: every type by service, and whether stacks can have it. Run: `node tools/registry/list-types.ts`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ResourceType } from '@hearth/resource-kit';
import { awsTypes } from '@hearth/resources-aws';
import { coreTypes } from '@hearth/resources-core';
import { openstackTypes } from '@hearth/resources-openstack';

export const TYPE_LIST = fileURLToPath(new URL('../../docs/resource-types.md', import.meta.url));

const HEAD = `# Resource types

<!-- Written by \`node tools/registry/list-types.ts\`; do not edit. -->

Every type is known by its schema: templates with it can be validated, shown (\`openstack orchestration resource type show\`) and begun from a generated template. Those
marked **yes** can be made. A stack with one of the others is refused before anything is written, and says so; \`resource_registry\` can put another type or
a template in its place.

| Type | Can be made | What it is |
| --- | --- | --- |
`;

export function typeList(): string {
  const types: readonly ResourceType<never>[] = [...coreTypes, ...openstackTypes, ...awsTypes];
  const told = types.filter((type) => type.support.status !== 'HIDDEN').sort((one, other) => (one.name < other.name ? -1 : 1));
  const rows = told.map(
    (type) => `| \`${type.name}\` | ${type.isDeclaredOnly === true ? 'not yet' : '**yes**'} | ${type.doc.replaceAll('|', '\\|')} |`,
  );
  return `${HEAD}${rows.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TYPE_LIST, typeList());
