/** The user data document that a server boots with: the user's own text alone, or among the parts that the tools in the guest need. Pure. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { mimeDocument, mimeParts, type MimePart, ResourceFailed } from '@hearth/resource-kit';
import { BOOT_HOOK, CLOUD_CONFIG, PART_HANDLER, RUN_USER_DATA } from './guest-scripts.ts';

export interface UserData {
  /** `RAW`, `HEAT_CFNTOOLS` or `SOFTWARE_CONFIG`. */
  readonly format: string;
  readonly text: string;
  /** What the guest's tools find as `cfn-init-data`; with nothing in it there is no such part. */
  readonly metadata: JsonObject;
  /** Base URL of the CloudFormation-compatible API, with a slash at the end; null: the cloud has none. */
  readonly cfnUrl: string | null;
}

export function userDataDocument(given: UserData): string {
  switch (given.format) {
    case 'RAW':
      return given.text;
    case 'SOFTWARE_CONFIG': {
      const ignition = ignitionOf(given.text);
      if (ignition !== null) return isEmpty(given.metadata) ? given.text : withMetadataFiles(ignition, given.metadata);
      return mimeDocument([...COMMON, ...ownParts(given.text), ...metadataPart(given.metadata)]);
    }
    default:
      return mimeDocument([
        ...COMMON,
        data('cfn-userdata', given.text),
        { content: RUN_USER_DATA, subtype: 'x-shellscript', filename: 'loguserdata.sh' },
        ...metadataPart(given.metadata),
        ...(given.cfnUrl === null ? [] : [data('cfn-metadata-server', given.cfnUrl), data('cfn-boto-cfg', botoConfig(given.cfnUrl))]),
      ]);
  }
}

const data = (filename: string, content: string): MimePart => ({ content, subtype: 'x-cfninitdata', filename });
const COMMON: readonly MimePart[] = [
  { content: CLOUD_CONFIG, subtype: 'cloud-config', filename: 'cloud-config' },
  { content: BOOT_HOOK, subtype: 'cloud-boothook', filename: 'boothook.sh' },
  { content: PART_HANDLER, subtype: 'part-handler', filename: 'part-handler.py' },
];
const isEmpty = (metadata: JsonObject): boolean => Object.keys(metadata).length === 0;
const metadataPart = (metadata: JsonObject): readonly MimePart[] =>
  isEmpty(metadata) ? [] : [data('cfn-init-data', JSON.stringify(metadata))];
/** A document of several parts keeps them; any other text is one part, whose kind cloud-init sees for itself. */
const ownParts = (text: string): readonly MimePart[] => mimeParts(text) ?? [{ content: text, subtype: 'plain', filename: '' }];

/** How the older library in the guest reaches the API; it wants the host apart. */
function botoConfig(cfnUrl: string): string {
  const { protocol, hostname } = new URL(cfnUrl);
  const isSecure = protocol === 'https:' ? 1 : 0;
  const settings = {
    debug: 0,
    is_secure: isSecure,
    https_validate_certificates: 1,
    cfn_region_name: 'heat',
    cfn_region_endpoint: hostname,
  };
  return ['[Boto]', ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`)].join('\n');
}

/** Ignition's document is JSON with a version of its own; null for anything else. */
function ignitionOf(text: string): JsonObject | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const parsed = JSON.parse(text) as Json;
    const ignition = isJsonObject(parsed) ? parsed.ignition : null;
    return isJsonObject(parsed) && isJsonObject(ignition) && typeof ignition.version === 'string' && ignition.version !== ''
      ? parsed
      : null;
  } catch {
    return null;
  }
}

const METADATA_PATHS = ['/var/lib/heat-cfntools/cfn-init-data', '/var/lib/cloud/data/cfn-init-data'];
const FILE_MODE = 0o640;

/** Ignition knows no parts: the metadata go in as files. */
function withMetadataFiles(document: JsonObject, metadata: JsonObject): string {
  const storage = document.storage ?? {};
  if (!isJsonObject(storage)) throw new ResourceFailed('Ignition "storage" section must be a map', 'ValueError');
  const files = storage.files ?? [];
  if (!isJsonArray(files)) throw new ResourceFailed('Ignition "files" section must be a list', 'ValueError');
  const source = `data:,${encodeURIComponent(JSON.stringify(metadata))}`;
  const added = METADATA_PATHS.map((path) => ({
    filesystem: 'root',
    group: { name: 'root' },
    path,
    user: { name: 'root' },
    contents: { source, verification: {} },
    mode: FILE_MODE,
  }));
  return JSON.stringify({ ...document, storage: { ...storage, files: [...files, ...added] } });
}
