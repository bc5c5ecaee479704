/**
 * A signal to a resource: judged by its type, and then taken down with its event and the hint to the owner, in one transaction under the lock of the
 * stack's row. What cannot be taken is refused and changes nothing.
 */
import { asId, isJsonObject, Refusal, type EventId, type Json, type JsonObject } from '@hearth/kernel';
import { isSigned, placeOf, signingOf } from '@hearth/resource-kit';
import { visibleRows } from '@hearth/engine';
import { insertSignal, listResourcesByName, tallySignals, type Queryable, type ResourceRecord, type StackRecord } from '@hearth/store';
import { isStackUser, type Caller } from './caller.ts';
import { clearHook } from './clear-hook.ts';
import { lockSignedStack, lockStackForGuest, ownRows, type StackKey } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { invalid, notAuthorized, notFound, notSupported } from './refusals.ts';
import { metadataOf } from './signal-metadata.ts';
import { presentDefinition } from './stack-reading.ts';
import { resourceNotFound } from './resources.ts';

/** `details`: what came with it; null: nothing. `{unset_hook}` clears a breakpoint, and is no signal to the type. */
export async function signalResource(ports: StackPorts, caller: Caller, key: StackKey, name: string, details: Json): Promise<void> {
  if (isJsonObject(details) && details['unset_hook'] !== undefined) {
    // A guest may tell of itself, not decide for its owner.
    if (isStackUser(caller)) throw notAuthorized('resource:signal');
    const hook = details['unset_hook'];
    if (typeof hook !== 'string') throw invalid('"unset_hook" must be text.', 'HTTPBadRequest');
    return clearHook(ports, caller, key, name, hook);
  }
  await ports.database.transaction(async (tx) => {
    const stack = await lockStackForGuest(tx, caller, key);
    const rows = ownRows(caller, key, await listResourcesByName(tx, ports.secretBox, stack.id, name));
    const row = visibleRows(rows).get(name);
    if (row === undefined) throw await notThere(ports, tx, stack, name);
    await take(ports, tx, stack, row, details);
  });
}

/** What a signed URL names, and how it was signed. */
export interface SignedSignal {
  readonly stackId: string;
  readonly resource: string;
  readonly kind: 'waitcondition' | 'signal';
  readonly query: readonly (readonly [string, string])[];
}

/** The same without a token: whoever has the URL may. Gives what the metadata of the resource is then. */
export async function signalBySignature(ports: StackPorts, request: SignedSignal, details: Json): Promise<JsonObject> {
  return ports.database.transaction(async (tx) => {
    const stack = await lockSignedStack(tx, request.stackId);
    const rows = stack === null ? [] : await listResourcesByName(tx, ports.secretBox, stack.id, request.resource);
    const known = rows.filter((row) => signingOf(row.data) !== null && ports.registry.get(row.handler)?.signals?.url === request.kind);
    if (stack === null || stack.deletedAt !== null || known.length === 0) throw notFound('Resource', request.resource);
    const row = known.find((one) => isFor(one, request));
    if (row === undefined)
      throw new Refusal(
        'forbidden',
        'SignatureDoesNotMatch',
        'The URL is not signed as this one must be; use it as the resource gives it.',
      );
    await take(ports, tx, stack, row, details);
    return metadataOf(ports, tx, row);
  });
}

function isFor({ data }: ResourceRecord, { query }: SignedSignal): boolean {
  const signing = signingOf(data);
  return signing !== null && isSigned(placeOf(signing.url.split('?')[0] as string, signing.verb), query, signing);
}

/** In a template, but not begun yet: its time will come. */
async function notThere(ports: StackPorts, tx: Queryable, stack: StackRecord, name: string): Promise<Refusal> {
  const { bound } = await presentDefinition(ports, stack, tx);
  return bound.resources.has(name) && stack.action !== 'DELETE'
    ? new Refusal('not-found', 'ResourceNotAvailable', `The Resource (${name}) is not available.`)
    : resourceNotFound(stack, name);
}

/** The caller holds the lock of the stack's row, so that signals are counted one after the other. */
async function take(ports: StackPorts, tx: Queryable, stack: StackRecord, row: ResourceRecord, details: Json): Promise<void> {
  // What has nothing to do when it is put to rest keeps its own action.
  const action = stack.action === 'SUSPEND' ? stack.action : row.action;
  if (action === 'DELETE' || action === 'SUSPEND') throw notSupported(`Signal resource during ${action}`);
  const taking = ports.registry.get(row.handler)?.signals;
  if (taking === undefined) throw invalid('signal is not supported for resource.', 'ResourceActionNotSupported');
  const { count, bytes } = await tallySignals(tx, row.id);
  const verdict = taking.judge(details, { props: row.properties, count });
  if (verdict.kind === 'ignore') return;
  const { signalsPerResource, signalBytesPerResource } = ports.limits;
  if (count >= signalsPerResource || bytes >= signalBytesPerResource)
    throw new Refusal('forbidden', 'RequestLimitExceeded', tooMuch(row.name, count, bytes));
  const { key, body, reason } = verdict;
  const event = { id: asId<EventId>(ports.random.uuid()), reason: `Signal: ${reason}` };
  await insertSignal(tx, ports.secretBox, row, { id: ports.random.uuid(), key, body, at: ports.clock.now() }, event);
}

const tooMuch = (name: string, count: number, bytes: number): string =>
  `Request limit exceeded: ${name} has ${count} signals of ${bytes} bytes together, and takes no more.`;
