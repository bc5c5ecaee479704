/** Template text or data to a definition: finds the language by its version key and hands over to that front end. */
import { isJsonObject, type Diagnostic, type JsonObject, type Path, type Position } from '@hearth/kernel';
import type { ParseResult } from './definition/definition.ts';
import { parseCfn } from './cfn/parse-cfn.ts';
import { CFN_VERSIONS, type CfnVersion } from './cfn/versions.ts';
import { loadDocument } from './document/load-document.ts';
import { sharedDocument } from './document/shared-documents.ts';
import { HOT_VERSION_KEY, HOT_VERSIONS, type HotVersion } from './hot/versions.ts';
import { parseHot } from './hot/parse-hot.ts';
import { similar } from './definition/problems.ts';

const VERSION_KEYS = [HOT_VERSION_KEY, ...CFN_VERSIONS.map(({ key }) => key)];

/** Never throws. The definition is null when there was an error; all errors of the document are reported at once. `maxText` is that of `loadDocument`. */
export function parseTemplate(source: string | JsonObject, maxText?: number): ParseResult {
  const isShared = typeof source === 'string' && maxText === undefined;
  const { value, positions, diagnostics } = isShared ? sharedDocument(source) : loadDocument(source, maxText);
  if (diagnostics.length > 0) return { definition: null, draft: null, diagnostics };
  const refuse = (type: string, code: string, message: string, path: Path, hint: string | null = null): ParseResult => ({
    definition: null,
    draft: null,
    diagnostics: [{ severity: 'error', type, code, message, path, position: positions(path), hint } satisfies Diagnostic],
  });
  if (!isJsonObject(value)) return refuse('StackValidationFailed', 'not-a-map', 'the template must be a map of sections', []);
  return parseSections(value, positions, (code, message, path, hint) => {
    const refused = refuse('InvalidTemplateVersion', code, message, path, hint);
    const { draft, diagnostics: others } = newestOf(value, positions, path);
    return { ...refused, draft, diagnostics: [...refused.diagnostics, ...others] };
  });
}

/** The newest version of the language that it seems to be, to look for more errors where the version itself is wrong. */
function newestOf(raw: JsonObject, positions: (path: Path) => Position | null, [wrongKey]: Path): ParseResult {
  if (isEnvironment(raw)) return { definition: null, draft: null, diagnostics: [] };
  const rest = Object.fromEntries(Object.entries(raw).filter(([key]) => key !== wrongKey && !VERSION_KEYS.includes(key)));
  const isCfn = Object.hasOwn(raw, 'Resources') || (wrongKey !== HOT_VERSION_KEY && VERSION_KEYS.includes(String(wrongKey)));
  if (isCfn) return parseCfn(rest, CFN_VERSIONS[0] as CfnVersion, positions);
  return parseHot(rest, HOT_VERSIONS.at(-1) as HotVersion, positions);
}

type RefuseVersion = (code: string, message: string, path: Path, hint: string | null) => ParseResult;

function parseSections(raw: JsonObject, positions: (path: Path) => Position | null, refuse: RefuseVersion): ParseResult {
  const keys = VERSION_KEYS.filter((key) => Object.hasOwn(raw, key));
  const [key] = keys;
  if (key === undefined) {
    const slip = Object.keys(raw).find((given) => similar(given, VERSION_KEYS) !== null);
    const hint = slip === undefined ? missingVersionHint(raw) : similar(slip, VERSION_KEYS);
    const path = slip === undefined ? [] : [slip];
    return refuse('missing-version', 'The template version is invalid: Template version was not provided', path, hint);
  }
  if (keys.length > 1)
    return refuse(
      'ambiguous-version',
      `The template version is invalid: Ambiguous versions (${keys.join(', ')})`,
      [key],
      'keep one of them',
    );
  const given = raw[key];
  const valid =
    key === HOT_VERSION_KEY
      ? HOT_VERSIONS.flatMap(({ date, alias }) => (alias === null ? [date] : [date, alias]))
      : CFN_VERSIONS.filter((v) => v.key === key).map((v) => v.date);
  if (typeof given !== 'string' || !valid.includes(given)) {
    const shown = typeof given === 'string' || typeof given === 'number' ? String(given) : 'not a string';
    const message = `The template version is invalid: "${key}: ${shown}". "${key}" should be one of: ${valid.join(', ')}`;
    return refuse('unknown-version', message, [key], typeof given === 'string' ? similar(given, valid) : null);
  }
  const version = HOT_VERSIONS.find(({ date, alias }) => key === HOT_VERSION_KEY && (date === given || alias === given));
  if (version !== undefined) return parseHot(raw, version, positions);
  const cfnVersion = CFN_VERSIONS.find((version) => version.key === key && version.date === given) as CfnVersion;
  return parseCfn(raw, cfnVersion, positions);
}

const isEnvironment = (raw: JsonObject): boolean =>
  !Object.hasOwn(raw, 'resources') && ['parameter_defaults', 'resource_registry'].some((section) => Object.hasOwn(raw, section));

function missingVersionHint(raw: JsonObject): string {
  if (isEnvironment(raw)) return 'this seems to be an environment: it goes beside the template';
  return `start the template with "${Object.hasOwn(raw, 'Resources') ? 'AWSTemplateFormatVersion: 2010-09-09' : `${HOT_VERSION_KEY}: 2018-08-31`}"`;
}
