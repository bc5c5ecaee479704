/** Every function an expression can reach, by name. Nothing in it reaches the machine it runs on. */
import { comparisonFunctions } from './library/comparison.ts';
import { dateFunctions } from './library/dates.ts';
import { generatingFunctions, groupingFunctions } from './library/grouping.ts';
import { listFunctions } from './library/lists.ts';
import { mapFunctions, setFunctions } from './library/maps.ts';
import { numberFunctions } from './library/numbers.ts';
import { patternFunctions } from './library/patterns.ts';
import { queryFunctions } from './library/queries.ts';
import { stringFunctions } from './library/strings.ts';
import { branchingFunctions, systemFunctions } from './library/system.ts';
import type { Library } from './engine.ts';
import type { FunctionDefinition } from './signature.ts';

/** What counts only where nothing else fits: properties after a dot. */
const FALLBACK = 'fallback-';

function layered(definitions: readonly FunctionDefinition[]): ReadonlyMap<string, readonly (readonly FunctionDefinition[])[]> {
  const layers = new Map<string, FunctionDefinition[][]>();
  for (const definition of definitions) {
    const name = definition.name.startsWith(FALLBACK) ? definition.name.slice(FALLBACK.length) : definition.name;
    const found = layers.get(name) ?? [[], []];
    (found[name === definition.name ? 0 : 1] as FunctionDefinition[]).push(definition);
    layers.set(name, found);
  }
  return new Map([...layers].map(([name, found]) => [name, found.filter((layer) => layer.length > 0)]));
}

const DEFINITIONS: readonly FunctionDefinition[] = [
  ...systemFunctions,
  ...branchingFunctions,
  ...comparisonFunctions,
  ...numberFunctions,
  ...stringFunctions,
  ...patternFunctions,
  ...listFunctions,
  ...mapFunctions,
  ...setFunctions,
  ...queryFunctions,
  ...groupingFunctions,
  ...generatingFunctions,
  ...dateFunctions,
];

export const standardLibrary: Library = {
  functions: layered(DEFINITIONS.filter((definition) => definition.isFunction)),
  methods: layered(DEFINITIONS.filter((definition) => definition.isMethod)),
};
