/** Functions that a version does not have and another one does: where they are at home, and what takes their place. */
import type { FunctionTable } from './contract.ts';
import { COUNTERPARTS, SUCCESSORS } from './successors.ts';
import { functionTables } from './tables.ts';

const isHot = (version: string): boolean => version.startsWith('heat_template_version.');

/** Whether a call of that name means something there. */
export function hasFunction({ functions, conditionFunctions }: FunctionTable, name: string): boolean {
  const entry = functions.get(name) ?? conditionFunctions.get(name);
  return entry !== undefined && entry.removed !== true;
}

/** What to do about a function that `version` lacks; null: no version has it. */
export function otherHome(name: string, version: string): string | null {
  const homes = [...functionTables.values()].filter((table) => hasFunction(table, name));
  if (homes.length === 0) return null;
  const hot = homes.filter((table) => isHot(table.version)).map((table) => table.version.slice(table.version.indexOf('.') + 1));
  if (isHot(version)) {
    const own = version.slice(version.indexOf('.') + 1);
    const successor = SUCCESSORS[name] === undefined ? '' : `; use ${SUCCESSORS[name]}`;
    if (hot.length === 0) return `"${name}" belongs to CloudFormation templates${successor}`;
    const [first, last] = [hot[0] as string, hot.at(-1) as string];
    return first > own ? `"${name}" exists since ${first}` : `"${name}" exists until ${last}${successor}`;
  }
  const counterpart = COUNTERPARTS[name] === undefined ? '' : `; use ${COUNTERPARTS[name]}`;
  if (homes.every((table) => isHot(table.version))) return `"${name}" belongs to HOT templates${counterpart}`;
  return `"${name}" belongs to ${homes.filter((table) => !isHot(table.version)).map((table) => table.version.replace('.', ' '))[0]}`;
}
