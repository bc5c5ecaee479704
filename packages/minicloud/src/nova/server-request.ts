/** The body of POST /servers, checked and made into what is wanted; nothing is looked up here. */
import { isUuidLike, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import type { InterfaceWish } from '../neutron/ports.ts';
import { parseIp } from '../neutron/addresses.ts';
import {
  badRequest,
  bodyUnder,
  choiceOf,
  listOf,
  metadataOf,
  nameOf,
  needed,
  objectOf,
  refuseUnknownKeys,
  textOf,
  truthOf,
  unfit,
  wholeOf,
} from './refusals.ts';
import { isAdmin, type ApiRequest } from '@hearth/http-kit';
import { disksOf } from './volume-attachments-wished.ts';
import type { DiskRecord } from './records.ts';

export interface TaggedInterface extends InterfaceWish {
  readonly tag: string | null;
}

export interface ServerWish {
  readonly name: string;
  /** Null: from block devices. */
  readonly imageId: string | null;
  readonly flavorId: string;
  /** `auto`: whatever network there is; `default`: the only one there is. */
  readonly networks: readonly TaggedInterface[] | 'auto' | 'none' | 'default';
  readonly keyName: string | null;
  readonly securityGroups: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly userData: string | null;
  readonly zone: string | null;
  readonly configDrive: boolean;
  readonly tags: readonly string[];
  readonly description: string | null;
  readonly hostname: string | null;
  readonly adminPass: string | null;
  readonly minCount: number;
  readonly maxCount: number;
  readonly wantsReservationId: boolean;
  readonly accessIPv4: string;
  readonly accessIPv6: string;
  readonly diskConfig: string;
  readonly disks: readonly DiskRecord[];
  readonly hints: JsonObject;
}

const KEYS = [
  'name',
  'imageRef',
  'flavorRef',
  'networks',
  'key_name',
  'security_groups',
  'metadata',
  'user_data',
  'availability_zone',
  'config_drive',
  'adminPass',
  'min_count',
  'max_count',
  'return_reservation_id',
  'accessIPv4',
  'accessIPv6',
  'OS-DCF:diskConfig',
  'block_device_mapping',
  'block_device_mapping_v2',
  'personality',
  'OS-SCH-HNT:scheduler_hints',
  'os:scheduler_hints',
];
const LATER_KEYS: readonly (readonly [since: number, key: string])[] = [
  [19, 'description'],
  [52, 'tags'],
  [63, 'trusted_image_certificates'],
  [74, 'host'],
  [74, 'hypervisor_hostname'],
  [90, 'hostname'],
];
const MAX_USER_DATA = 65535;
const MAX_COUNT = 100;
const MAX_INTERFACES = 32;

export function readServerWish(request: ApiRequest, minor: number): ServerWish {
  const given = bodyUnder(request, 'server');
  refuseUnknownKeys(given, 'server', [...KEYS, ...LATER_KEYS.filter(([since]) => minor >= since).map(([, key]) => key)]);
  if (!isAdmin(request.identity) && (given.host !== undefined || given.hypervisor_hostname !== undefined))
    throw new Refusal(
      'forbidden',
      'PolicyNotAuthorized',
      "Policy doesn't allow compute:servers:create:requested_destination to be performed.",
    );
  const { minCount, maxCount } = countsOf(given);
  const image = imageOf(given);
  const disks = disksOf(given, image);
  const hints =
    (request.body as JsonObject)['os:scheduler_hints'] ??
    (request.body as JsonObject)['OS-SCH-HNT:scheduler_hints'] ??
    given['os:scheduler_hints'] ??
    {};
  if (image === null && disks.length === 0) throw badRequest('Missing imageRef attribute');
  const optionalText = (key: string, max = 255): string | null =>
    given[key] === undefined || given[key] === null ? null : textOf(given[key], key, max);
  return {
    name: nameOf(needed(given, 'server', 'name')),
    imageId: image,
    flavorId: flavorIdOf(needed(given, 'server', 'flavorRef')),
    networks: networksOf(given, minor),
    keyName: optionalText('key_name'),
    securityGroups: groupsOf(given.security_groups),
    metadata: given.metadata === undefined ? {} : metadataOf(given.metadata),
    userData: checkedUserData(given.user_data),
    zone: optionalText('availability_zone'),
    configDrive:
      given.config_drive === undefined || given.config_drive === null || given.config_drive === ''
        ? false
        : truthOf(given.config_drive, 'config_drive'),
    tags: given.tags === undefined ? [] : serverTagsOf(given.tags),
    description: descriptionOf(given, minor),
    hostname: given.hostname === undefined || given.hostname === null ? null : hostnameOf(given.hostname),
    adminPass: given.adminPass === undefined ? null : textOf(given.adminPass, 'adminPass', 255, 0),
    minCount,
    maxCount,
    wantsReservationId: given.return_reservation_id === undefined ? false : truthOf(given.return_reservation_id, 'return_reservation_id'),
    accessIPv4: accessIpOf(given.accessIPv4, 'accessIPv4', 4),
    accessIPv6: accessIpOf(given.accessIPv6, 'accessIPv6', 6),
    diskConfig: diskConfigOf(given['OS-DCF:diskConfig']),
    disks,
    hints: objectOf(hints, 'os:scheduler_hints'),
  };
}

const HOSTNAME = /^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$/;
/** Of 2 to 63 characters, as Nova has it. */
export function hostnameOf(value: Json): string {
  const name = textOf(value, 'hostname', 63, 2);
  if (!HOSTNAME.test(name)) throw unfit('hostname', name, `'${name}' does not match '${HOSTNAME.source}'`);
  return name;
}

/** Before there were descriptions, a server's was its name. */
function descriptionOf(given: JsonObject, minor: number): string | null {
  if (minor < 19) return typeof given.name === 'string' ? given.name.trim() : null;
  return given.description === undefined || given.description === null ? null : textOf(given.description, 'description', 255, 0);
}

function countsOf(given: JsonObject): { minCount: number; maxCount: number } {
  const minCount = given.min_count === undefined ? 1 : wholeOf(given.min_count, 'min_count', 1, MAX_COUNT);
  const maxCount = given.max_count === undefined ? minCount : wholeOf(given.max_count, 'max_count', 1, MAX_COUNT);
  if (minCount > maxCount) throw badRequest('min_count must be <= max_count');
  return { minCount, maxCount };
}

/** A UUID, or a URL that ends in one. */
function imageOf(given: JsonObject): string | null {
  if (given.imageRef === undefined || given.imageRef === '' || given.imageRef === null) return null;
  const id = textOf(given.imageRef, 'imageRef', 1000).split('/').at(-1) ?? '';
  if (!isUuidLike(id)) throw unfit('imageRef', given.imageRef, `'${id}' is not valid under any of the given schemas`);
  return id;
}

function flavorIdOf(value: Json): string {
  const text = typeof value === 'number' ? String(value) : textOf(value, 'flavorRef', 1000);
  return text.split('/').at(-1) ?? '';
}

function networksOf(given: JsonObject, minor: number): ServerWish['networks'] {
  const { networks } = given;
  if (networks === undefined) {
    if (minor < 37) return 'default';
    needed(given, 'server', 'networks');
  }
  if (networks === 'auto' || networks === 'none') {
    if (minor < 37)
      throw badRequest(`Invalid input for field/attribute networks. Value: ${networks}. '${networks}' is not of type 'array'`);
    return networks;
  }
  const entries = listOf(networks as Json, 'networks', MAX_INTERFACES);
  return entries.length === 0 ? 'default' : entries.map((entry, index) => interfaceOf(entry, index, minor));
}

function interfaceOf(entry: Json, index: number, minor: number): TaggedInterface {
  const given = objectOf(entry, String(index));
  // Tags of devices came with 2.32, went with 2.37 by accident, and came back with 2.42.
  const isTagged = (minor >= 32 && minor <= 36) || minor >= 42;
  refuseUnknownKeys(given, String(index), ['uuid', 'port', 'fixed_ip', ...(isTagged ? ['tag'] : [])]);
  const idOf = (key: string): string | null => {
    const value = given[key];
    if (value === undefined || value === null) return null;
    const id = textOf(value, key);
    if (!isUuidLike(id)) throw badRequest(`Bad networks format: ${key === 'uuid' ? 'network' : key} uuid is not in proper format (${id})`);
    return id;
  };
  const fixedIp = given.fixed_ip === undefined ? null : textOf(given.fixed_ip, 'fixed_ip');
  if (fixedIp !== null && parseIp(fixedIp) === null)
    throw unfit('fixed_ip', fixedIp, `'${fixedIp}' is not valid under any of the given schemas`);
  const portId = idOf('port');
  const networkId = idOf('uuid');
  if (portId === null && networkId === null) throw badRequest("Bad network format: missing 'uuid'");
  if (portId !== null && fixedIp !== null)
    throw badRequest(`Specified Fixed IP '${fixedIp}' cannot be used with port '${portId}': the two cannot be specified together.`);
  return { portId, networkId, fixedIp, tag: given.tag === undefined ? null : textOf(given.tag, 'tag', 60) };
}

function groupsOf(value: Json | undefined): readonly string[] {
  if (value === undefined) return [];
  return [
    ...new Set(
      listOf(value, 'security_groups', 100).map((one, index) =>
        textOf(needed(objectOf(one, String(index)), String(index), 'name'), 'name'),
      ),
    ),
  ];
}

const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;
export function checkedUserData(value: Json | undefined): string | null {
  if (value === undefined || value === null || value === '') return null;
  const text = textOf(value, 'user_data', MAX_USER_DATA);
  if (!BASE64.test(text)) throw badRequest('Userdata content cannot be decoded: it is not base64.');
  return text;
}

const accessIpOf = (value: Json | undefined, field: string, version: 4 | 6): string => {
  if (value === undefined || value === null || value === '') return '';
  const text = textOf(value, field);
  if (parseIp(text)?.version !== version)
    throw badRequest(`Invalid input for field/attribute ${field}. Value: ${text}. '${text}' is not a 'ipv${version}'`);
  return text;
};
export const diskConfigOf = (value: Json | undefined): string =>
  value === undefined ? 'MANUAL' : choiceOf(value, 'OS-DCF:diskConfig', ['AUTO', 'MANUAL']);

const MAX_TAGS = 50;
export function serverTagsOf(value: Json): readonly string[] {
  const tags = listOf(value, 'tags', MAX_TAGS).map((tag, index) => textOf(tag, String(index), 60));
  const odd = tags.findIndex((tag) => /[,/]/.test(tag));
  if (odd >= 0) throw unfit(String(odd), tags[odd], `'${tags[odd]}' does not match '^[^,/]*$'`);
  return [...new Set(tags)];
}
