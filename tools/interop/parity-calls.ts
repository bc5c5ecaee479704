/** What one command said to a cloud, without what no two clouds share: addresses, ids, times and names that the run made up. */
import type { StepResult } from '../stock-client/cloud-transcript.ts';

/** One kind of call within a command: the last exchange of it, for a client that polls repeats itself. */
export interface Call {
  readonly service: string;
  /** Method and path below the service's root, ids as `{id}`, query by its names. */
  readonly call: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, otherwise the text; null for none. */
  readonly body: unknown;
}

export interface RecordedRun {
  readonly tag: string;
  readonly folder: string;
  readonly steps: readonly StepResult[];
}

/** Where a service is; two may share the root and differ only in their version. */
interface Place {
  /** Addresses that begin so are the service's. */
  readonly address: string;
  /** The address without its version. */
  readonly root: string;
  readonly service: string;
}

/** The most specific address first. */
type Places = readonly Place[];

const SERVICE_OF_TYPE: Readonly<Record<string, string>> = {
  volumev3: 'volume',
  'block-storage': 'volume',
  'load-balancer': 'balancing',
  'object-store': 'objects',
};

/** Calls of each step by its name. */
export function callsOf(run: RecordedRun): ReadonlyMap<string, readonly Call[]> {
  const places = placesOf(run.steps);
  const calls = new Map<string, readonly Call[]>();
  for (const step of run.steps) {
    const normal = normaliser(run, step.tag, places);
    const last = new Map<string, Call>();
    for (const { method, url, status, headers, body } of step.exchanges) {
      const { service, path } = placeOf(url, places, normal);
      const call = `${method} ${path}`;
      // Repeated calls keep the place of the first, which is where the client's course came to them.
      last.set(`${service} ${call}`, { service, call, status, headers, body: bodyOf(body, normal) });
    }
    calls.set(step.name, [...last.values()]);
  }
  return calls;
}

interface CatalogReply {
  readonly token?: { readonly catalog?: readonly { readonly type: string; readonly endpoints: readonly { readonly url: string }[] }[] };
}

/** From the catalogues in the tokens that were given out. */
function placesOf(steps: readonly StepResult[]): Places {
  const places = new Map<string, Place>();
  const add = (url: string, service: string) => {
    const address = /^.*?\/v\d[\d.]*/.exec(url)?.[0] ?? url.replace(/\/+$/, '');
    const root = address.replace(/\/v\d[\d.]*$/, '');
    places.set(address, { address, root, service });
    places.set(root, { address: root, root, service });
  };
  for (const { exchanges } of steps) {
    for (const { url, method, body } of exchanges) {
      if (method !== 'POST' || !url.endsWith('/auth/tokens') || body === null) continue;
      for (const { type, endpoints } of (jsonOf(body) as CatalogReply | undefined)?.token?.catalog ?? []) {
        for (const endpoint of endpoints) add(endpoint.url, SERVICE_OF_TYPE[type] ?? type);
      }
      add(url, 'identity');
    }
  }
  return [...places.values()].sort((a, b) => b.address.length - a.address.length);
}

function placeOf(url: string, places: Places, normal: (text: string) => string): { service: string; path: string } {
  const found = places.find(({ address }) => url === address || url.startsWith(`${address}/`) || url.startsWith(`${address}?`));
  const { pathname, searchParams } = new URL(url);
  const prefix = found === undefined ? '' : new URL(found.root).pathname.replace(/\/$/, '');
  const path = normal(decodeURIComponent(pathname.slice(prefix.length)))
    .replaceAll('<id>', '{id}')
    .replace(/(?<=\/)\d+(?=\/|$)/g, '{id}')
    .replace(/(?<=\/os-hypervisors\/)(?!detail|statistics|\{)[^/]+/, '{host}');
  const query = [...new Set(searchParams.keys())].sort().join('&');
  return { service: found?.service ?? 'unknown', path: `${path === '' ? '/' : path}${query === '' ? '' : `?${query}`}` };
}

/** Texts without ids, times, addresses and made-up names; what another chapter made is told from what the step's own did. */
function normaliser({ tag: runTag, folder }: RecordedRun, tag: string, places: Places): (text: string) => string {
  return (text) => {
    let normal = text.replaceAll(folder, '<folder>');
    for (const { address, root, service } of places) normal = normal.replaceAll(address, `<${service}>${address.slice(root.length)}`);
    return normal
      .replaceAll(tag, '<tag>')
      .replace(new RegExp(`${runTag}[a-z]`, 'g'), '<other>')
      .replace(/\baggregate \d+/g, 'aggregate <number>')
      .replace(/Hypervisor with ID '[^']*'/g, "Hypervisor with ID '<host>'")
      .replace(/req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<request>')
      .replace(/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<id>')
      .replace(/(?<![0-9a-f])([0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-f])/g, '<id>')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?/g, '<time>')
      .replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, '<mac>')
      .replace(/198\.18\.\d+\.\d+/g, '<outside address>');
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Keys and texts of the body in their normal form. */
function bodyOf(body: string | null, normal: (text: string) => string): unknown {
  if (body === null || body === '') return null;
  const normalised = normal(body);
  return jsonOf(normalised) ?? normalised;
}
