/** Software configs of a project: what its users make through the API, and the shelf that its resources keep theirs on. */
import {
  asId,
  Failure,
  Refusal,
  type Clock,
  type Json,
  type JsonObject,
  type ProjectId,
  type Random,
  type SoftwareConfigId,
} from '@hearth/kernel';
import { configInputs, configOutputs, type ConfigShelf, type NewConfig, type StoredConfig } from '@hearth/resource-kit';
import {
  deleteSoftwareConfig as removeSoftwareConfig,
  findSoftwareConfig,
  findSoftwareConfigId,
  insertSoftwareConfig,
  listSoftwareConfigs as selectSoftwareConfigs,
  type Queryable,
  type SecretBox,
  type SoftwareConfigRecord,
  type SoftwareConfigSummary,
} from '@hearth/store';
import { isAdministrator, type Caller } from './caller.ts';
import { ownProject } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { invalid } from './refusals.ts';

/** As the request has it; what is missing is null. */
export interface CreateSoftwareConfig {
  readonly name: string | null;
  readonly group: string | null;
  readonly config: Json;
  readonly inputs: Json;
  readonly outputs: Json;
  readonly options: Json;
}
export interface ListSoftwareConfigs {
  /** Null: as many as the server gives at once. */
  readonly limit: number | null;
  readonly marker: string | null;
}

const noSuchConfig = (id: string): Refusal => new Refusal('not-found', 'NotFound', `Software config with id ${id.slice(0, 300)} not found`);
const tooMany = (limit: number): string =>
  `Request limit exceeded: You have reached the maximum software configs per tenant, ${limit}. Please delete some software configs.`;

/** Whose configs a caller may reach by id; null: anybody's. */
const reach = (caller: Caller): ProjectId | null => (isAdministrator(caller) ? null : caller.projectId);

export async function createSoftwareConfig(ports: StackPorts, caller: Caller, request: CreateSoftwareConfig): Promise<StoredConfig> {
  const config: NewConfig = {
    name: request.name,
    group: request.group,
    config: request.config,
    inputs: configInputs(request.inputs),
    outputs: configOutputs(request.outputs),
    options: request.options ?? {},
  };
  const id = asId<SoftwareConfigId>(ports.random.uuid());
  const createdAt = ports.clock.now();
  const limit = isAdministrator(caller) ? -1 : ports.limits.softwareConfigsPerProject;
  const row = { id, projectId: ownProject(caller), mark: null, createdAt, ...columnsOf(config) };
  if ((await insertSoftwareConfig(ports.database, ports.secretBox, row, limit)) === null) {
    throw invalid(tooMany(limit), 'RequestLimitExceeded');
  }
  return { ...config, id, createdAt };
}

export async function showSoftwareConfig(ports: StackPorts, caller: Caller, id: string): Promise<StoredConfig> {
  const record = await findSoftwareConfig(ports.database, ports.secretBox, reach(caller), id);
  if (record === null) throw noSuchConfig(id);
  return storedConfig(record);
}

export function listSoftwareConfigs(
  ports: StackPorts,
  caller: Caller,
  { limit, marker }: ListSoftwareConfigs,
): Promise<readonly SoftwareConfigSummary[]> {
  const rows = Math.min(limit ?? ports.limits.listRows, ports.limits.listRows);
  return selectSoftwareConfigs(ports.database, ownProject(caller), { limit: rows, marker });
}

export async function deleteSoftwareConfig(ports: StackPorts, caller: Caller, id: string): Promise<void> {
  if (!(await removeSoftwareConfig(ports.database, reach(caller), id))) throw noSuchConfig(id);
}

export interface ShelfPorts {
  readonly database: Queryable;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly random: Random;
  /** -1 = unlimited */
  readonly softwareConfigsPerProject: number;
}

/** One project's configs for handlers of resources. */
export function configShelf(
  { database, secretBox, clock, random, softwareConfigsPerProject }: ShelfPorts,
  projectId: ProjectId,
): ConfigShelf {
  return {
    async create(mark, config) {
      const id = asId<SoftwareConfigId>(random.uuid());
      const row = { id, projectId, mark, createdAt: clock.now(), ...columnsOf(config) };
      const kept = await insertSoftwareConfig(database, secretBox, row, softwareConfigsPerProject);
      if (kept === null) throw new Failure('over-quota', tooMany(softwareConfigsPerProject));
      return kept;
    },
    async get(id) {
      const record = await findSoftwareConfig(database, secretBox, projectId, id);
      return record === null ? null : storedConfig(record);
    },
    delete: async (id) => void (await removeSoftwareConfig(database, projectId, id)),
    find: (mark) => findSoftwareConfigId(database, projectId, mark),
  };
}

const columnsOf = ({
  name,
  group,
  config,
  inputs,
  outputs,
  options,
}: NewConfig): Pick<SoftwareConfigRecord, 'name' | 'group' | 'content'> => ({
  name,
  group,
  content: { config, inputs, outputs, options },
});

const storedConfig = ({ id, name, group, createdAt, content }: SoftwareConfigRecord): StoredConfig => ({
  id,
  name,
  group,
  createdAt,
  config: content['config'] ?? null,
  inputs: (content['inputs'] ?? []) as readonly JsonObject[],
  outputs: (content['outputs'] ?? []) as readonly JsonObject[],
  options: content['options'] ?? {},
});
