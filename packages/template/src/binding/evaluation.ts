/**
 * Evaluating expressions: calls functions, marks what is unknown or secret, counts what is produced, and turns errors into problems with a
 * path. Recursion is bounded by the depth of documents.
 */
import { type Json, type JsonObject, type Path, pathText } from '@hearth/kernel';
import { nothingKnown, type References } from '../definition/bound.ts';
import type { Expression, Names } from '../definition/definition.ts';
import { type Problems, similar } from '../definition/problems.ts';
import { MAX_PRODUCED, MAX_PRODUCED_IN_ALL } from '../document/limits.ts';
import { ELIDED, type Evaluated, FunctionError, type FunctionTable, type Scope, wrongCall } from '../functions/contract.ts';
import { exactPath } from '../functions/paths.ts';
import { valueSize } from '../functions/value-size.ts';
import type { Outside } from './outside.ts';

/** What evaluation needs to know. `parameters` lacks a declared parameter that has no value (only where values are not demanded). */
export interface EvaluationInput {
  readonly table: FunctionTable;
  readonly parameters: ReadonlyMap<string, Json>;
  readonly declared: { has(name: string): boolean; keys(): Iterable<string> };
  readonly hidden: ReadonlySet<string>;
  readonly files: Readonly<Record<string, string>>;
  readonly facade: JsonObject | null;
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Enabled resources. */
  readonly resources: { has(name: string): boolean; keys(): Iterable<string> };
  readonly references: References;
  readonly mappings: JsonObject;
  readonly outside: Outside;
  readonly problems: Problems;
  /** Before values are given: what goes wrong with parameters as they are now proves nothing. */
  readonly valuesMayChange?: boolean;
  /** Resources left out by their conditions, where asking for one is no error of the template. */
  readonly leftOut?: Names;
  /** Of a look at all that is wrong: names of conditions that cannot be decided; whatever hangs on them is looked at. */
  readonly undecided?: Names;
}

/** The bound on produced values was exceeded: ends the whole evaluation. */
class OverBudget extends Error {
  /** That of the whole request: then nothing more is produced. */
  readonly isInAll: boolean;
  constructor(isInAll: boolean) {
    super();
    this.isInAll = isInAll;
  }
}

/** A condition that hangs on what is not known: ends the condition, where all that is wrong is looked for. */
class Undecided extends Error {}

/** What a hidden parameter went into may hold its value, even in the name of a file or of a resource. */
function withheld(name: string, error: FunctionError): FunctionError {
  const { type, code, structural } = error;
  return new FunctionError(error.kind, `${name} cannot be evaluated; the reason is withheld, for a hidden parameter went into it`, {
    type,
    code,
    structural,
  });
}

export class Evaluation implements Scope {
  readonly #input: EvaluationInput;
  #left = MAX_PRODUCED;
  #path: Path = [];
  /** Unknown places and reported errors so far: while one is below a call, errors of the call prove nothing. */
  #doubts = 0;
  /** Values so far that may become others. */
  #changeable = 0;
  #unknown = false;
  #secret = false;
  #inCondition = false;
  #undecided = false;
  #references: References;

  constructor(input: EvaluationInput) {
    this.#input = input;
    this.#references = input.references;
  }

  get mappings(): JsonObject {
    return this.#input.mappings;
  }
  get unknown(): boolean {
    return this.#unknown;
  }
  get secret(): boolean {
    return this.#secret;
  }
  /** The condition that was asked for could not be told: what it hangs on is not known, or wrong. */
  get undecided(): boolean {
    return this.#undecided;
  }

  /** The value of a whole expression; what is elided at the top is null. Never throws. */
  valueOf(expression: Expression, path: Path): Json {
    return this.#guarded(
      path,
      () => {
        const value = this.resolve(expression);
        return value === ELIDED ? null : value;
      },
      null,
    );
  }

  /** The truth of a condition at the top of its own expression. */
  conditionOf(expression: Expression, path: Path): boolean {
    return this.#guarded(path, () => this.condition(expression), false);
  }

  #guarded<T>(path: Path, evaluate: () => T, otherwise: T): T {
    this.#path = path;
    try {
      return evaluate();
    } catch (error) {
      this.#undecided = true;
      if (error instanceof Undecided) return otherwise;
      if (error instanceof FunctionError) this.#report(error, this.#path);
      else if (error instanceof OverBudget) this.#reportExcess(error);
      else throw error;
      return otherwise;
    }
  }

  #reportExcess({ isInAll }: OverBudget): void {
    const { problems } = this.#input;
    const message = isInAll
      ? `with this, the functions of the whole request produce more than the ${MAX_PRODUCED_IN_ALL} characters and elements allowed`
      : `the functions here produce more than the ${MAX_PRODUCED} characters and elements allowed`;
    if (!isInAll || problems.costs.tells())
      problems.add({ type: 'RequestLimitExceeded', code: 'value-too-large', message, path: this.#path });
  }

  resolve(expression: Expression): Evaluated {
    switch (expression.kind) {
      case 'data':
        return expression.value;
      case 'list': {
        const items: Json[] = [];
        for (const item of expression.items) {
          const value = this.resolve(item);
          if (value !== ELIDED) items.push(value);
        }
        return items;
      }
      case 'map': {
        const entries: [string, Json][] = [];
        for (const [key, item] of expression.entries) {
          const value = this.resolve(item);
          if (value !== ELIDED) entries.push([key, value]);
        }
        return Object.fromEntries(entries);
      }
      case 'call':
        return this.#call(expression);
    }
  }

  #call(call: Expression & { kind: 'call' }): Evaluated {
    const outer = this.#path;
    const doubts = this.#doubts + this.#changeable;
    const secretBefore = this.#secret;
    this.#secret = false;
    this.#path = call.path;
    try {
      const { table } = this.#input;
      const entry = (this.#inCondition ? table.conditionFunctions : table.functions).get(call.name);
      if (entry === undefined)
        throw wrongCall(`the function "${call.name}" is not supported in conditions`, { code: 'function-not-in-condition' });
      const value = entry.evaluate(call.args, this);
      this.#path = outer;
      return value;
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      // A shape that stands in the text is wrong whatever the unknown values turn out to be.
      const certain = this.#doubts + this.#changeable === doubts || (error.structural && call.args.kind !== 'call');
      if (certain) this.#report(this.#secret ? withheld(call.name, error) : error, call.path);
      this.#path = outer;
      return null;
    } finally {
      this.#secret ||= secretBefore;
    }
  }

  /** A hint costs more than what it is for; one that nobody will see is left out. */
  #similar(word: string, candidates: Iterable<string>): string | null {
    return this.#input.problems.isFull ? null : similar(word, candidates);
  }

  #report(error: FunctionError, path: Path): void {
    this.#doubts++;
    this.#input.problems.add({ type: error.type, code: error.code, message: error.message, path, hint: error.hint });
  }

  condition(expression: Expression): boolean {
    if (expression.kind === 'data' && typeof expression.value === 'string') return this.#namedCondition(expression.value);
    const before = this.#inCondition;
    const doubts = this.#doubts;
    this.#inCondition = true;
    let value: Evaluated;
    try {
      value = this.resolve(expression);
    } finally {
      this.#inCondition = before;
    }
    if (this.#doubts > doubts && this.#input.undecided !== undefined) throw new Undecided();
    if (typeof value === 'boolean') return value;
    if (this.#doubts > doubts) return false;
    throw wrongCall('a condition must be the name of a condition, a boolean, or a function that yields a boolean');
  }

  decision(expression: Expression): boolean | null {
    const path = this.#path;
    try {
      return this.condition(expression);
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      this.#path = path;
      return null;
    }
  }

  eitherOf(branches: readonly Expression[]): Json {
    const { references } = this.#input;
    // Of several values one will be chosen: none of them can be said to be needed.
    this.#references = nothingKnown;
    for (const branch of branches) this.resolve(branch);
    this.#references = references;
    return this.#unknownValue();
  }

  #namedCondition(name: string): boolean {
    if (this.#input.undecided?.has(name) === true) throw new Undecided();
    const value = this.#input.conditions.get(name);
    if (value !== undefined) return value;
    throw wrongCall(`Invalid condition "${name}"`, {
      code: 'unknown-condition',
      hint: this.#similar(name, this.#input.conditions.keys()),
    });
  }

  parameter(name: string): Json {
    const { parameters, declared, hidden } = this.#input;
    const value = parameters.get(name);
    if (value === undefined) {
      if (declared.has(name)) return this.#unknownValue();
      throw wrongCall(`The Parameter (${name}) was not provided.`, {
        type: 'UserParameterMissing',
        code: 'unknown-parameter',
        hint: this.#similar(name, declared.keys()) ?? 'declare it in the section "parameters"',
      });
    }
    if (hidden.has(name)) this.#secret = true;
    if (this.#input.valuesMayChange === true) this.#changeable++;
    return this.#counted(value);
  }
  hasParameter(name: string): boolean {
    return this.#input.declared.has(name) || this.#input.parameters.has(name);
  }
  hasResource(name: string): boolean {
    return this.#input.resources.has(name);
  }

  #incorrect(name: string, candidates: Iterable<string>): FunctionError {
    return wrongCall(`The specified reference "${name}" (in ${pathText(this.#path.slice(0, -1))}) is incorrect.`, {
      type: 'InvalidTemplateReference',
      code: 'unknown-resource',
      hint: this.#similar(name, candidates),
    });
  }
  unknownName(name: string): FunctionError {
    return this.#incorrect(name, [...this.#input.declared.keys(), ...this.#input.resources.keys()]);
  }
  #needResource(name: string): void {
    if (!this.#input.resources.has(name)) throw this.#incorrect(name, this.#input.resources.keys());
  }
  importedValue(name: string): Json {
    const imported = this.#input.outside.imported(name);
    if (imported === null) return this.#unknownValue();
    if (typeof imported === 'string') throw wrongCall(`No export named ${name} found.`, { code: 'unknown-export', hint: imported });
    if (imported.secret) this.#secret = true;
    return this.#counted(imported.value);
  }
  availabilityZones(): Json {
    const zones = this.#input.outside.zones();
    return zones === null ? this.#unknownValue() : this.#counted(zones);
  }
  #unknownValue(): Json {
    this.#unknown = true;
    this.#doubts++;
    return null;
  }
  #counted(value: Json): Json {
    this.spend(valueSize(value, this.#left));
    return value;
  }
  facadeValue(key: string): Json | undefined {
    const { facade, valuesMayChange } = this.#input;
    if (facade !== null) return facade[key] ?? null;
    return valuesMayChange === true ? this.#unknownValue() : undefined;
  }
  referenceId(resource: string): Json {
    if (this.#input.leftOut?.has(resource) === true) return this.#unknownValue();
    this.#needResource(resource);
    const value = this.#references.referenceId(resource);
    return value === undefined ? this.#unknownValue() : value;
  }
  attribute(resource: string, attribute: string, path: readonly Json[]): Json {
    this.#needResource(resource);
    const references = this.#references;
    const selected = references.attributeAt?.(resource, attribute, path) ?? null;
    if (selected?.problem != null) {
      const { type, message } = selected.problem;
      throw new FunctionError('ValueError', message, { type, code: 'no-such-attribute' });
    }
    const value = selected === null ? references.attribute(resource, attribute) : selected.value;
    if (value === undefined) return this.#unknownValue();
    const counted = this.#counted(value);
    return selected === null ? (exactPath(counted, path) ?? null) : counted;
  }
  allAttributes(resource: string): Json {
    this.#needResource(resource);
    const value = this.#references.allAttributes(resource);
    return value === undefined ? this.#unknownValue() : this.#counted(value);
  }
  file(key: string): string {
    const content = Object.hasOwn(this.#input.files, key) ? this.#input.files[key] : undefined;
    if (content === undefined) {
      throw wrongCall(`get_file: no content was sent for "${key}"`, {
        code: 'missing-file',
        hint: 'send the file along with the template, in "files"',
      });
    }
    this.spend(content.length);
    return content;
  }
  spend(size: number): void {
    this.#left -= size;
    if (!(this.#left >= 0)) throw new OverBudget(false);
    if (!this.#input.problems.costs.produce(size)) throw new OverBudget(true);
  }
}
