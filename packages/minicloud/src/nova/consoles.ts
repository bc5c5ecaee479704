/**
 * Consoles: what the guest has printed, and addresses to see it by. No driver here has screens, so the one kind of console there is
 * shows the printed text; it is opened with a token that holds for ten minutes, as Nova's are.
 */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { portsOfDevice } from '../neutron/ports.ts';
import { argumentsOf, type ActionCall } from './action-call.ts';
import { baseUrl } from './links.ts';
import { stateAt } from './machine.ts';
import { collections, type ServerDocument, type StoredServer } from './records.ts';
import { badRequest, bodyUnder, choiceOf, conflict, missing, needed, refuseUnknownKeys, textOf, wholeOf } from './refusals.ts';
import { isGone } from './server-life.ts';
import { findServer, guestOf, type ComputeParts } from './servers.ts';

const TOKEN_MS = 600_000;
/** Protocols and the kinds of console that clients may ask for by them. */
const PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  vnc: ['novnc', 'xvpvnc'],
  spice: ['spice-html5'],
  rdp: ['rdp-html5'],
  serial: ['serial'],
};
/** The one kind that is offered. */
const OFFERED = 'novnc';

/** `length: 0` is nothing, absent or null all of it, and so is -1, though Nova's schema calls it something else. */
export async function consoleOutput(call: ActionCall): Promise<Answer> {
  const given = argumentsOf(call, 'os-getConsoleOutput');
  refuseUnknownKeys(given, 'os-getConsoleOutput', ['length']);
  const length = given.length === undefined || given.length === null ? null : wholeOf(given.length, 'length', -1);
  const server = await findServer(call.parts.context.store, call.id, call.request.identity, call.parts.context.clock.now());
  return json(200, { output: await printedBy(call.parts, server, length === -1 ? null : length) });
}

async function printedBy(parts: ComputeParts, server: ServerDocument, lines: number | null): Promise<string> {
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  const state = stateAt(server.body.state, nowMs);
  if (state.vmState === 'building' || state.vmState === 'shelved_offloaded') throw conflict(`Instance ${server.id} is not ready`);
  // A guest that never came up has printed nothing.
  if (state.launchedAtMs === null) return '';
  const ports = await portsOfDevice(store, server.id);
  return parts.driver.consoleLog({ ...guestOf(server, ports), launchedAtMs: state.launchedAtMs }, lines, nowMs);
}

/** The actions that asked for consoles until 2.5. */
export async function oldConsole(call: ActionCall, action: string, kinds: readonly string[]): Promise<Answer> {
  if (call.minor > 5) throw missing('The resource could not be found.');
  const type = choiceOf(needed(argumentsOf(call, action), action, 'type'), 'type', kinds);
  const { parts, request } = call;
  const server = await findServer(parts.context.store, call.id, request.identity, parts.context.clock.now());
  return json(200, { console: { type, url: await consoleUrl(parts, request, server, type) } });
}

/** POST /servers/{id}/remote-consoles, from 2.6 on. */
export async function remoteConsole(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const given = bodyUnder(request, 'remote_console');
  const protocol = choiceOf(needed(given, 'remote_console', 'protocol'), 'protocol', [
    ...Object.keys(PROTOCOLS),
    ...(minor >= 8 ? ['mks'] : []),
  ]);
  const type = textOf(needed(given, 'remote_console', 'type'), 'type');
  const server = await findServer(parts.context.store, request.params.id ?? '', request.identity, parts.context.clock.now());
  if (PROTOCOLS[protocol]?.includes(type) !== true) throw badRequest(`Unavailable console type ${type}.`);
  return json(200, { remote_console: { protocol, type, url: await consoleUrl(parts, request, server, type) } });
}

async function consoleUrl(parts: ComputeParts, request: ApiRequest, server: ServerDocument, type: string): Promise<string> {
  const { context } = parts;
  if (type !== OFFERED) throw badRequest(`Unavailable console type ${type}.`);
  const nowMs = context.clock.now();
  if (stateAt(server.body.state, nowMs).vmState === 'building') throw conflict(`Instance ${server.id} is not ready`);
  const token = context.random.uuid();
  const body: JsonObject = { expiresAtMs: nowMs + TOKEN_MS };
  await context.store.transaction(async (tx) => {
    await tx.documents.removeWhere(collections.consoleTokens, [
      { field: 'parent_id', in: [server.id] },
      { field: 'expiresAtMs', atMost: nowMs },
    ]);
    await tx.documents.insert(collections.consoleTokens, { id: token, projectId: server.projectId, parentId: server.id, body }, nowMs);
  });
  return `${baseUrl(request)}/console?token=${token}`;
}

/** GET /console?token=…: the page a browser is sent to. The token is the permission. */
export async function consolePage(parts: ComputeParts, request: ApiRequest): Promise<Answer> {
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  const token = await store.documents.get(collections.consoleTokens, request.query.get('token') ?? '');
  const isValid = token !== null && Number(token.body.expiresAtMs) > nowMs;
  const server = isValid ? await store.documents.get<StoredServer>(collections.servers, token.parentId ?? '') : null;
  if (server === null || isGone(server, nowMs))
    throw missing('The console token is not valid (any more): ask the compute service for a new one.');
  const text = await printedBy(parts, server, null).catch((error: unknown) => {
    if (error instanceof Refusal) return '';
    throw error;
  });
  const note = 'This cloud has no screens: here is what the server has printed.';
  return { status: 200, headers: { 'Content-Type': 'text/plain; charset=UTF-8' }, body: `${note}\n\n${text}\n` };
}
