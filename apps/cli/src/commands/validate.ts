/** `hearth validate TEMPLATE`: what is wrong with a template, its environments and all that they name, each with the line it stands on. */
import type { ValidationResult } from '@hearth/client';
import { Failure } from '@hearth/kernel';
import { diagnoseAlone } from '@hearth/template';
import { validateThere } from '../connect.ts';
import type { Console } from '../console.ts';
import { atHome, diagnosticLines, shownFile, summary } from '../diagnostic-lines.ts';
import { readTemplateFiles } from '../template-files.ts';
import { type DefinitionFlags, parametersOf, type SentDefinition, sentDefinition } from './definition-flags.ts';

export interface ValidateFlags extends DefinitionFlags {
  readonly strict?: boolean;
  readonly offline?: boolean;
}

/** Told at most, where nobody else sets a bound. */
const MOST = 1_000;

export async function validate(templateFile: string, flags: ValidateFlags, console: Console): Promise<number> {
  const read = readTemplateFiles(templateFile, flags.environment, true);
  const wish: Wish = { ...sentDefinition(read, parametersOf(flags)), isStrict: flags.strict === true };
  const { result, note } = await checked(wish, flags);
  const told = result.diagnostics.map((one) => atHome(one, read));
  if (console.json) {
    console.result({
      template: templateFile,
      valid: result.errors === 0,
      errors: result.errors,
      warnings: result.warnings,
      omitted: result.omitted,
      note,
      diagnostics: told.map(({ diagnostic: { position, ...one } }) => ({
        ...one,
        file: shownFile(one.file ?? null, read, templateFile),
        line: position?.line ?? null,
        column: position?.column ?? null,
      })),
    });
  }
  for (const one of told) for (const line of diagnosticLines(one, read, templateFile, console.isTerminal)) console.line(line);
  console.line(summary(result, templateFile));
  if (note !== null) console.line(note);
  return result.errors === 0 ? 0 : 1;
}

interface Wish extends SentDefinition {
  readonly isStrict: boolean;
}

interface Checked {
  readonly result: ValidationResult;
  /** What was not checked, and what to do about it; null: nothing. */
  readonly note: string | null;
}

const ALONE = 'Types of resources, their properties and what the cloud has were not checked';

/** By the server where there is one; what needs none is checked in any case. */
async function checked(wish: Wish, flags: ValidateFlags): Promise<Checked> {
  if (flags.offline === true) return { result: alone(wish), note: `${ALONE} (--offline).` };
  try {
    return { result: await validateThere(flags, wish), note: null };
  } catch (error) {
    if (!(error instanceof Failure) || !NO_SERVER.has(error.code)) throw error;
    const reason = error.code === 'not-found' ? 'the server there has no such check; hearth serve starts one that has' : error.message;
    return { result: alone(wish), note: `${ALONE}: ${reason}.` };
  }
}

const NO_SERVER = new Set<Failure['code']>(['unavailable', 'configuration', 'not-found']);

function alone({ isStrict, ...wish }: Wish): ValidationResult {
  return diagnoseAlone({ environmentFiles: [], ...wish, mode: isStrict ? 'strict' : 'lenient', limit: MOST });
}
