/** Checks imports against the table: rows, package.json, inner files of others, cycles. Fails when it has looked at nothing. */
import path from 'node:path';
import { type RepositoryFile, isSource, isTest } from '../source/repository-files.ts';
import type { Finding } from '../source/finding.ts';
import { findCycles } from './cycles.ts';
import { importsOf, type Import } from './imports.ts';

export type Layers = Readonly<Record<string, readonly string[]>>;

interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Context {
  readonly layers: Layers;
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly files: ReadonlySet<string>;
}

const RULE = 'layers';
const SCOPE = '@hearth/';

export function checkLayers(files: readonly RepositoryFile[], layers: Layers): readonly Finding[] {
  const sources = files.filter((file) => isSource(file.path) && /^(packages|apps|tools|tests)\//.test(file.path));
  if (sources.length === 0)
    return [{ rule: RULE, path: '.', line: 0, message: 'no source file was looked at; the check would pass whatever is wrong' }];
  const manifests = readManifests(files);
  const context = { layers, manifests, files: new Set(sources.map((file) => file.path)) };
  const imports = new Map(sources.map((file) => [file.path, importsOf(file.text)]));
  const findings = [...imports].flatMap(([file, list]) => list.flatMap((one) => checkImport(file, one, context)));
  return [...checkManifests(manifests, layers), ...findings, ...checkCycles(imports, context.files)];
}

/** `packages/engine/src/x.ts` → engine; null for tools and tests, which may import any package by its name. */
const packageOf = (file: string): string | null => /^(?:packages|apps)\/([^/]+)\//.exec(file)?.[1] ?? null;

function checkImport(file: string, { specifier, line }: Import, context: Context): readonly Finding[] {
  const importer = packageOf(file);
  const complain = (message: string): readonly Finding[] => [{ rule: RULE, path: file, line, message }];
  if (specifier.startsWith('.')) {
    const target = path.posix.join(path.posix.dirname(file), specifier);
    const owner = packageOf(target);
    if (owner !== null && owner !== importer)
      return complain(`imports ${target}, an inner file of ${owner}; import "${SCOPE}${owner}" instead`);
    if (importer !== null && isTest(target) && !isTest(file)) return complain(`imports ${target}, which is for tests only`);
    if (owner === null && importer !== null && !isTest(file)) return complain(`imports ${target}, which lies outside its package`);
    return [];
  }
  if (!specifier.startsWith(SCOPE)) return [];
  const [imported = '', ...inner] = specifier.slice(SCOPE.length).split('/');
  if (!(imported in context.layers)) return complain(`imports ${specifier}, which is not in the table of tools/layers/table.ts`);
  if (inner.length > 0 && inner.join('/') !== 'testing')
    return complain(`imports ${specifier}, an inner file; import "${SCOPE}${imported}" instead`);
  if (inner.length > 0 && !isTest(file) && importer !== null) return complain(`imports ${specifier}, which is for tests only`);
  if (importer === null || mayImport(file, importer, imported, context)) return [];
  const row = context.layers[importer] ?? [];
  return complain(
    `${importer} may not import ${imported}; it may import ${row.length === 0 ? 'nothing' : row.join(', ')} (tools/layers/table.ts)`,
  );
}

function mayImport(file: string, importer: string, imported: string, { layers, manifests }: Context): boolean {
  if ((layers[importer] ?? []).includes(imported)) return true;
  if (!isTest(file)) return false;
  return imported === importer || imported === 'testkit' || `${SCOPE}${imported}` in (manifests.get(importer)?.devDependencies ?? {});
}

function readManifests(files: readonly RepositoryFile[]): ReadonlyMap<string, Manifest> {
  const found = files.flatMap((file) => {
    const name = /^(?:packages|apps)\/([^/]+)\/package\.json$/.exec(file.path)?.[1];
    return name === undefined ? [] : [[name, JSON.parse(file.text) as Manifest] as const];
  });
  return new Map(found);
}

function checkManifests(manifests: ReadonlyMap<string, Manifest>, layers: Layers): readonly Finding[] {
  return [...manifests].flatMap(([name, manifest]) => {
    const place = name === 'server' || name === 'cli' ? `apps/${name}/package.json` : `packages/${name}/package.json`;
    const complain = (message: string): Finding => ({ rule: RULE, path: place, line: 0, message });
    const row = layers[name];
    if (row === undefined) return [complain(`${name} has no row in tools/layers/table.ts; add one that says what it may import`)];
    const listed = Object.keys(manifest.dependencies ?? {}).flatMap((dependency) =>
      dependency.startsWith(SCOPE) ? [dependency.slice(SCOPE.length)] : [],
    );
    const missing = row
      .filter((one) => !listed.includes(one))
      .map((one) => complain(`lacks the dependency "${SCOPE}${one}" that the table allows; list exactly the row`));
    const excess = listed
      .filter((one) => !row.includes(one))
      .map((one) => complain(`lists "${SCOPE}${one}", which the table does not allow`));
    return [...missing, ...excess];
  });
}

function checkCycles(imports: ReadonlyMap<string, readonly Import[]>, files: ReadonlySet<string>): readonly Finding[] {
  const edges = new Map(
    [...imports].map(([file, list]) => {
      const targets = list
        .filter((one) => !one.typeOnly && one.specifier.startsWith('.'))
        .map((one) => path.posix.join(path.posix.dirname(file), one.specifier));
      return [file, targets.filter((target) => files.has(target))];
    }),
  );
  return findCycles(edges).map((cycle) => ({
    rule: RULE,
    path: cycle[0] as string,
    line: 0,
    message: `is part of an import cycle: ${[...cycle, cycle[0]].join(' → ')}`,
  }));
}
