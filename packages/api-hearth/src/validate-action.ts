/** `POST …/validate`: everything that is wrong with a definition, and remarks on what is not, each with its place. */
import { json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { isJsonObject, type Diagnostic, type Json, type JsonObject } from '@hearth/kernel';
import { DEFINITION_KEYS, hasTemplate, readDefinitionInput, type Caller, type Diagnosis, type StackUseCases } from '@hearth/stacks';
import { HIGHEST_LIMIT, refused, refuseUnknown } from './request-values.ts';

const OWN_KEYS = ['mode', 'offline', 'limit'];
const USUAL_LIMIT = 200;
const MODES = ['lenient', 'strict'] as const;

export async function answerValidation(
  stacks: Pick<StackUseCases, 'diagnoseDefinition'>,
  caller: Caller,
  { query, body }: ApiRequest,
): Promise<Answer> {
  refuseUnknown(query, new Set());
  if (!isJsonObject(body)) throw refused('The request needs a body that is a JSON object.');
  const known = [...DEFINITION_KEYS, ...OWN_KEYS];
  const unknown = Object.keys(body).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw refused(`There is nothing called "${unknown.slice(0, 60)}" in this body; there are ${known.join(', ')}.`);
  const input = readDefinitionInput(body, refused);
  if (!hasTemplate(input)) throw refused('"template" is missing: text in YAML or JSON, or a map.');
  const asked = { ...input, mode: modeOf(body['mode'] ?? 'lenient'), offline: offlineOf(body['offline'] ?? false), limit: limitOf(body) };
  return json(200, shownDiagnosis(await stacks.diagnoseDefinition(caller, asked)));
}

function modeOf(given: Json): (typeof MODES)[number] {
  const mode = MODES.find((one) => one === given);
  if (mode === undefined) throw refused(`"mode" must be one of ${MODES.join(', ')}.`);
  return mode;
}

function offlineOf(given: Json): boolean {
  if (typeof given !== 'boolean') throw refused('"offline" must be true or false.');
  return given;
}

function limitOf(body: JsonObject): number {
  const limit = body['limit'] ?? USUAL_LIMIT;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1)
    throw refused(`"limit" must be a whole number from 1 to ${HIGHEST_LIMIT}; more count as that.`);
  return Math.min(limit, HIGHEST_LIMIT);
}

const shownDiagnosis = ({ diagnostics, errors, warnings, omitted }: Diagnosis): JsonObject => ({
  valid: errors === 0,
  errors,
  warnings,
  omitted,
  diagnostics: diagnostics.map(shownDiagnostic),
});

const shownDiagnostic = ({ severity, code, type, message, hint, file = null, position, path }: Diagnostic): JsonObject => ({
  severity,
  code,
  type,
  message,
  hint,
  file,
  line: position?.line ?? null,
  column: position?.column ?? null,
  path,
});
