/** Where Keystone is and who logs in: from one cloud of a parsed clouds.yaml, or from OS_* variables handed in as data. */
import { Failure, isJsonObject, type Json, type JsonObject, Secret } from '@hearth/kernel';

export interface CloudAccess {
  /** Keystone's address, ending in `/v3`. */
  readonly authUrl: string;
  readonly username: string;
  readonly password: Secret;
  readonly projectName: string;
  readonly userDomain: DomainName;
  readonly projectDomain: DomainName;
  /** null: the first region that offers the service. */
  readonly region: string | null;
}

/** A domain by id or by name, as Keystone takes them. */
export type DomainName = { readonly id: string } | { readonly name: string };

/** `where` says where the document comes from, for messages. Throws `Failure('configuration')` naming what is missing. */
export function accessFromClouds(document: Json, cloud: string, where: string): CloudAccess {
  const clouds = isJsonObject(document) && isJsonObject(document['clouds'] ?? null) ? (document['clouds'] as JsonObject) : {};
  const entry = clouds[cloud];
  if (!isJsonObject(entry)) {
    const known = Object.keys(clouds).join(', ');
    throw new Failure('configuration', `${where} has no cloud "${cloud}"; it has: ${known === '' ? 'none' : known}`);
  }
  const auth = isJsonObject(entry['auth'] ?? null) ? (entry['auth'] as JsonObject) : {};
  return accessFrom((name) => text(auth[name]) ?? text(entry[name]), `cloud "${cloud}" in ${where}`);
}

/** From variables as `openrc` sets them; throws `Failure('configuration')` naming the missing ones. */
export function accessFromVariables(variables: Readonly<Record<string, string | undefined>>): CloudAccess {
  return accessFrom((name) => text(variables[`OS_${name.toUpperCase()}`]), 'the OS_* variables');
}

function accessFrom(read: (name: string) => string | null, where: string): CloudAccess {
  const missing: string[] = [];
  const need = (name: string): string => {
    const value = read(name);
    if (value === null) missing.push(name);
    return value ?? '';
  };
  const access: CloudAccess = {
    authUrl: versioned(need('auth_url')),
    username: need('username'),
    password: new Secret(need('password')),
    projectName: need('project_name'),
    userDomain: domain(read, 'user_domain'),
    projectDomain: domain(read, 'project_domain'),
    region: read('region_name'),
  };
  if (missing.length > 0) throw new Failure('configuration', `${where}: ${missing.join(', ')} missing`);
  return access;
}

function domain(read: (name: string) => string | null, prefix: string): DomainName {
  const name = read(`${prefix}_name`);
  return name === null ? { id: read(`${prefix}_id`) ?? 'default' } : { name };
}

/** Keystone may be given with or without its version. */
function versioned(url: string): string {
  const bare = url.replace(/\/+$/, '');
  return bare === '' || /\/v3$/.test(bare) ? bare : `${bare}/v3`;
}

const text = (value: Json | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
