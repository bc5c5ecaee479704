/** What users ask of a stack to have it as it was, or to be rid of it: snapshots, versions, drift, deletion by force. */
import { type AskedStack, unexpected } from './asked-stack.ts';
import { bodyOf, type Definition, RETAINED } from './definitions.ts';

const SNAPSHOT_NAME = 'of-';

export async function snapshot(stack: AskedStack): Promise<void> {
  const definition = stack.present as Definition;
  const answer = await stack.heat('POST', '/snapshots', { name: `${SNAPSHOT_NAME}${definition.generation}` });
  // A second try finds the first one under way.
  if (answer.status !== 200 && !(answer.repeated && answer.status === 409)) throw unexpected('snapshot', answer);
  stack.wanted = { states: ['SNAPSHOT_COMPLETE'], definitions: [definition] };
}

/** To the last snapshot that was not overtaken by something else. */
export async function restore(stack: AskedStack): Promise<boolean> {
  const listed = await stack.heat('GET', '/snapshots');
  if (listed.status !== 200) throw unexpected('snapshots', listed);
  const taken = (listed.body as { snapshots: { id: string; name: string; status: string; creation_time: string }[] }).snapshots;
  const [last] = taken.filter(({ status }) => status === 'COMPLETE').sort((a, b) => b.creation_time.localeCompare(a.creation_time));
  const definition = last === undefined ? undefined : stack.definitionOf(Number(last.name.slice(SNAPSHOT_NAME.length)));
  if (last === undefined || definition === undefined) return false;
  const answer = await stack.heat('POST', `/snapshots/${last.id}/restore`);
  if (answer.status !== 202) throw unexpected('restore', answer);
  stack.sent = definition;
  stack.wanted = { states: ['RESTORE_COMPLETE'], definitions: [definition] };
  return true;
}

interface Version {
  readonly number: number;
  readonly completed_at: string | null;
  readonly is_wanted: boolean;
}

/** To any version that was whole once, and that nobody has to do anything for. */
export async function goBack(stack: AskedStack): Promise<boolean> {
  const listed = await stack.hearth('GET', '/versions');
  if (listed.status !== 200) throw unexpected('versions', listed);
  const { versions } = listed.body as { versions: readonly Version[] };
  for (const { number } of versions.filter((one) => one.completed_at !== null && !one.is_wanted)) {
    const shown = await stack.hearth('GET', `/versions/${number}`);
    if (shown.status !== 200) throw unexpected(`version ${number}`, shown);
    const { version } = shown.body as { version: { template: { outputs: { generation: { value: string } } } } };
    const definition = stack.definitionOf(Number(version.template.outputs.generation.value));
    if (definition === undefined || definition.fails || definition.hook) continue;
    const answer = await stack.hearth('POST', `/versions/${number}/rollback`);
    if (answer.status !== 202) throw unexpected('going back', answer);
    stack.sent = definition;
    stack.wanted = { states: ['UPDATE_COMPLETE'], definitions: [definition] };
    return true;
  }
  return false;
}

/** A port is changed behind its stack's back, and brought back by an update that looks first. */
export async function mend(stack: AskedStack): Promise<void> {
  const definition = stack.present as Definition;
  const port = (await stack.resources()).find(({ resource_name: name }) => name === 'port');
  const changed = await stack.network('PUT', `/ports/${port?.physical_resource_id}`, { port: { name: 'meddled' } });
  if (changed.status !== 200) throw unexpected('meddling', changed);
  await bringBack(stack, definition);
}

export async function bringBack(stack: AskedStack, definition: Definition): Promise<void> {
  const answer = stack.chance(0.5)
    ? await stack.hearth('POST', '/drift/revert')
    : await stack.heat('PUT', '', { disable_rollback: true, converge: true, ...bodyOf(definition) });
  if (answer.status !== 202) throw unexpected('bringing back', answer);
  stack.wanted = { states: ['UPDATE_COMPLETE'], definitions: [definition] };
}

export async function forceDelete(stack: AskedStack): Promise<void> {
  const retained = stack.chance(0.5) ? [RETAINED] : [];
  const answer = await stack.hearth('POST', '/force-delete', { retain: retained });
  const isGone = answer.repeated && answer.status === 404;
  if (answer.status !== 202 && !isGone) throw unexpected('force-delete', answer);
  stack.wanted = { states: ['DELETE_COMPLETE'], definitions: null, retained };
  stack.isSuspended = false;
}
