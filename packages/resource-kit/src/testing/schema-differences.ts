/** How a type's schema differs from recorded facts about the reference implementation's (`testdata/resource-types/`). Descriptions are our own. */
import { jsonEqual, type Json, type JsonObject } from '@hearth/kernel';
import type { ResourceType, SupportStatus } from '../contract.ts';
import type { PropertySchema } from '../schema.ts';
import { toldProperties } from '../views.ts';

export interface TypeFacts {
  readonly name: string;
  readonly service: string | null;
  readonly extension?: string;
  readonly status: string;
  readonly since: string | null;
  /** What its support was before, the latest first. */
  readonly earlier?: readonly { readonly status: string; readonly version: string | null }[];
  readonly properties: Readonly<Record<string, PropertyFacts>>;
  /** Kind by name; null: none said. */
  readonly attributes: Readonly<Record<string, string | null>>;
}
export interface PropertyFacts {
  readonly kind: string;
  readonly required?: boolean;
  readonly updatable?: boolean;
  readonly immutable?: boolean;
  readonly default?: Json;
  readonly constraints?: readonly JsonObject[];
  readonly fields?: Readonly<Record<string, PropertyFacts>>;
  readonly items?: PropertyFacts;
}

const earlierOf = ({ previous }: SupportStatus): readonly { readonly status: string; readonly version: string | null }[] =>
  previous === undefined ? [] : [{ status: previous.status, version: previous.since }, ...earlierOf(previous)];

/** One line for each difference. */
export function schemaDifferences<C>(type: ResourceType<C>, facts: TypeFacts): readonly string[] {
  const found: string[] = [];
  const compare = (path: string, ours: Json | undefined, theirs: Json | undefined): void => {
    if (!jsonEqual(ours ?? null, theirs ?? null)) found.push(`${path}: ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`);
  };
  const told = Object.entries(type.attributes).filter(([, { isHidden }]) => isHidden !== true);
  const attributes = Object.fromEntries(told.map(([name, { kind }]) => [name, kind ?? null]));
  compare('name', type.name, facts.name);
  compare('service', type.service, facts.service);
  compare('status', type.support.status, facts.status);
  compare('extension', type.extension, facts.extension);
  compare('earlier', earlierOf(type.support), facts.earlier ?? []);
  compare('since', type.support.since, facts.since);
  compare('attributes', attributes, facts.attributes);
  const pairs: [string, Readonly<Record<string, PropertySchema>>, Readonly<Record<string, PropertyFacts>>][] = [
    ['properties', toldProperties(type), facts.properties],
  ];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [path, ours, theirs] = pair;
    compare(`${path} (names)`, Object.keys(ours).sort(), Object.keys(theirs).sort());
    for (const [name, our] of Object.entries(ours)) {
      const their = theirs[name];
      if (their === undefined) continue;
      const at = `${path}.${name}`;
      compare(`${at} kind`, our.kind, their.kind);
      compare(`${at} required`, our.required, their.required ?? false);
      compare(`${at} updatable`, our.updatable, their.updatable ?? false);
      compare(`${at} immutable`, our.immutable ?? false, their.immutable ?? false);
      compare(`${at} default`, our.default, their.default);
      compare(`${at} constraints`, (our.constraints ?? []) as readonly Json[], their.constraints ?? []);
      pairs.push(
        [at, our.fields ?? {}, their.fields ?? {}],
        [at, our.items === undefined ? {} : { '*': our.items }, their.items === undefined ? {} : { '*': their.items }],
      );
    }
  }
  return found;
}
