/** Creating a stack: check everything, get a delegation, then write stack, definition, credential and event in one transaction. */
import { asId, Failure, type JsonObject, messageOf, Refusal, type CredentialId, type DefinitionId, type StackId } from '@hearth/kernel';
import {
  countLiveRootStacks,
  type CredentialRecord,
  findStackByName,
  forgetDelegation,
  holdCredential,
  insertStack,
  lockProjectStacks,
  noteDelegation,
  noteVersion,
  type Queryable,
  type StackRecord,
  useDelegation,
} from '@hearth/store';
import { isAdministrator, type Caller } from './caller.ts';
import { adoptedDefinition, adoptedResources } from './abroad/adopted-stack.ts';
import { checkedDefinition } from './checked-definition.ts';
import { definitionSources } from './definition-sources.ts';
import { writeExchange } from './exchange.ts';
import { keepCompiled } from './keep-compiled.ts';
import { ownProject } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { invalid, stackExists } from './refusals.ts';
import { deadline, startedEvent, startedReason } from './stack-event.ts';
import { environmentAsJson, type DefinitionInput } from './stack-input.ts';
import type { PreparedDefinition } from './update-stack.ts';

export interface CreateStack extends DefinitionInput {
  readonly name: string;
  /** Null or 0: the default. */
  readonly timeoutMins: number | null;
  readonly disableRollback: boolean;
  readonly tags: readonly string[] | null;
  /** A stack that was let go of or exported: what it had is taken in. Absent: everything is made. */
  readonly adopts?: JsonObject;
}

const NAME = /^[a-zA-Z][a-zA-Z0-9_.-]{0,254}$/;
/** As much as PostgreSQL's timestamps and people's patience bear: ten years. */
const MAX_TIMEOUT_MINS = 5_256_000;

export async function createStack(ports: StackPorts, caller: Caller, request: CreateStack): Promise<StackRecord> {
  return createPrepared(ports, caller, await preparedCreation(ports, caller, request), request);
}

/** What a creation leads to, checked and not written yet. */
export interface PreparedCreation extends PreparedDefinition {
  /** The id that the stack will have. */
  readonly stackId: StackId;
}

export async function preparedCreation(ports: StackPorts, caller: Caller, request: CreateStack): Promise<PreparedCreation> {
  const { adopts } = request;
  checkStackName(request.name);
  checkTimeout(request.timeoutMins);
  await checkRoom(ports, ports.database, caller, request.name);
  const { definition, environment, files } = await definitionSources(
    ports,
    caller,
    request,
    adopts === undefined ? null : adoptedDefinition(ports, caller, adopts),
  );
  const id = asId<StackId>(ports.random.uuid());
  const { bound, taken } = await checkedDefinition(ports, caller, {
    definition,
    environment,
    files,
    stackId: id,
    stackName: request.name,
  });
  const adopted = adopts === undefined ? {} : { adopted: adoptedResources(ports, caller.projectId, adopts) as unknown as JsonObject };
  return {
    stackId: id,
    contents: { template: definition.raw, environment: { ...environmentAsJson(environment, taken), ...adopted }, files },
    description: definition.description,
    exports: bound.exports,
    bound,
  };
}

/** What a creation says besides the definition. */
export type CreationTerms = Pick<CreateStack, 'name' | 'timeoutMins' | 'disableRollback' | 'tags'> & { readonly adopts?: JsonObject };

/** `besides`: what else belongs to the transaction that makes the stack. */
export async function createPrepared(
  ports: StackPorts,
  caller: Caller,
  { stackId: id, contents, description, exports, bound }: PreparedCreation,
  request: CreationTerms,
  besides: (tx: Queryable) => Promise<void> = async () => {},
): Promise<StackRecord> {
  const now = ports.clock.now();
  const definitionId = asId<DefinitionId>(ports.random.uuid());
  const made = (credentialId: CredentialId): StackRecord =>
    newStack(caller, request, {
      id,
      description,
      definitionId,
      credentialId,
      timeoutMins: request.timeoutMins || ports.limits.timeoutMins,
      now,
    });
  const definition = { id: definitionId, stackId: id, number: 1, ...contents };
  keepCompiled(ports, definition, bound);
  const write = async (tx: Queryable, stack: StackRecord, credential: CredentialRecord | null): Promise<StackRecord> => {
    await lockProjectStacks(tx, stack.projectId);
    await checkRoom(ports, tx, caller, stack.name);
    const event = startedEvent(ports, stack, stack.action, now);
    if (!(await insertStack(tx, ports.secretBox, { stack, definition, credential, event }))) throw stackExists(stack.name);
    await noteVersion(tx, definitionId, caller.userName, null);
    await writeExchange(tx, stack.projectId, definition, exports);
    await besides(tx);
    return stack;
  };
  return ports.delegations.share(caller, now, {
    make(credentialId) {
      const stack = made(credentialId);
      return withDelegation(ports, caller, stack, (tx, credential) => write(tx, stack, credential));
    },
    reuse: (credentialId) =>
      ports.database.transaction(async (tx) => {
        const stack = made(credentialId);
        return (await holdCredential(tx, stack.projectId, credentialId)) ? write(tx, stack, null) : null;
      }),
    newId: () => asId<CredentialId>(ports.random.uuid()),
  });
}

type NewStackFacts = Pick<StackRecord, 'id' | 'description' | 'definitionId' | 'credentialId'> & {
  readonly timeoutMins: number;
  readonly now: number;
};

function newStack(
  caller: Caller,
  { name, disableRollback, tags, adopts }: CreationTerms,
  { now, timeoutMins, ...facts }: NewStackFacts,
): StackRecord {
  const action = adopts === undefined ? 'CREATE' : 'ADOPT';
  return {
    ...facts,
    projectId: ownProject(caller),
    name,
    parentId: null,
    parentResource: null,
    rootId: facts.id,
    depth: 0,
    action,
    status: 'IN_PROGRESS',
    statusReason: startedReason(action),
    targetDefinitionId: facts.definitionId,
    rollbackDefinitionId: null,
    traversal: 1,
    timeoutMins,
    disableRollback,
    tags,
    ownerName: caller.userName,
    userId: caller.userId,
    createdAt: now,
    updatedAt: null,
    deletedAt: null,
    deadlineAt: deadline(now, timeoutMins),
    haltReason: null,
    exceptions: null,
    looksAskedAt: 0,
    mending: null,
    snapshotId: null,
    adopting: action === 'ADOPT',
    wakeVersion: 1,
  };
}

/** The stack and its delegation stand or fall together. */
async function withDelegation(
  ports: StackPorts,
  caller: Caller,
  { id, projectId, credentialId }: StackRecord,
  write: (tx: Queryable, credential: CredentialRecord) => Promise<StackRecord>,
): Promise<StackRecord> {
  const mark = ports.random.uuid();
  await noteDelegation(ports.database, { id: mark, userId: caller.userId, projectId });
  const trust = await ports.delegation.create(caller, mark);
  try {
    return await ports.database.transaction(async (tx) => {
      const stack = await write(tx, { id: credentialId as CredentialId, projectId, kind: 'trust', data: trust });
      if (!(await useDelegation(tx, mark))) throw tooLate();
      return stack;
    });
  } catch (error) {
    // Where the database did not say how it ended, the stack may be there: who goes through the marks finds out.
    if (!(error instanceof Refusal || error instanceof TookTooLong)) throw error;
    try {
      await ports.delegation.revoke(caller, trust);
      await forgetDelegation(ports.database, mark);
    } catch (failure) {
      ports.log.warn('delegation-not-revoked', { stack: id, trust: trust.trustId, reason: messageOf(failure) });
    }
    throw error;
  }
}

/** What was delegated has been given up meanwhile. */
class TookTooLong extends Failure {
  override readonly name = 'TookTooLong';
}
const tooLate = (): TookTooLong => new TookTooLong('unavailable', 'The creation took too long, and nothing was made of it. Try again.');

function checkStackName(name: string): void {
  if (NAME.test(name)) return;
  throw invalid(
    `Invalid stack name ${name.slice(0, 300)} must contain only alphanumeric or "_-." characters, must start with alpha and must be 255 characters or less.`,
  );
}

export function checkTimeout(timeoutMins: number | null): void {
  if (timeoutMins !== null && timeoutMins > MAX_TIMEOUT_MINS)
    throw invalid(`Invalid timeout value ${timeoutMins}: at most ${MAX_TIMEOUT_MINS} minutes are possible.`);
}

/** A free name, and room for one more stack. */
async function checkRoom(ports: StackPorts, db: Queryable, caller: Caller, name: string): Promise<void> {
  const project = ownProject(caller);
  if ((await findStackByName(db, project, name)) !== null) throw stackExists(name);
  const limit = ports.limits.stacksPerProject;
  if (limit < 0 || isAdministrator(caller) || (await countLiveRootStacks(db, project)) < limit) return;
  throw invalid(
    `Request limit exceeded: You have reached the maximum stacks per tenant, ${limit}. Please delete some stacks.`,
    'RequestLimitExceeded',
  );
}
