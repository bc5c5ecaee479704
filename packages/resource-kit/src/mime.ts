/**
 * Multi-part documents for guests, as cloud-init reads them: putting parts together, and taking a document apart again. The same parts give
 * the same document, so that making it once more changes nothing.
 */
import { digestOf } from '@hearth/kernel';
import { base64OfText, textOfBase64, textOfBytes } from './base64.ts';

export interface MimePart {
  readonly content: string;
  /** After `text/`: `cloud-config`, `x-shellscript`; `plain` lets cloud-init look at the content. */
  readonly subtype: string;
  /** Null: the part has no disposition at all. */
  readonly filename: string | null;
}

const BASE64_COLUMNS = 76;
/** Documents within documents are taken apart this far down, and up to so many parts in all. */
const MOST_LEVELS = 5;
const MOST_PARTS = 1_000;

/** The subtype that a file's name says, as Heat does: `cloud-config.txt` is `cloud-config`. */
export const subtypeOf = (filename: string | null): string => {
  const stem = (filename ?? '').replace(/(?<=[^.])\.[^.]*$/, '');
  return token(stem) ?? 'plain';
};

export function mimeDocument(parts: readonly MimePart[]): string {
  const boundary = `===============${digestOf(parts as never)}==`;
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n`;
  return `${head}${parts.map((part) => `--${boundary}\n${partText(part)}\n`).join('')}--${boundary}--\n`;
}

function partText({ content, subtype, filename }: MimePart): string {
  const isAscii = [...content].every((char) => (char.codePointAt(0) as number) < 128);
  const headers = [
    `Content-Type: text/${token(subtype) ?? 'plain'}; charset="${isAscii ? 'us-ascii' : 'utf-8'}"`,
    'MIME-Version: 1.0',
    `Content-Transfer-Encoding: ${isAscii ? '7bit' : 'base64'}`,
    ...(filename === null ? [] : [`Content-Disposition: attachment; ${filenameParameter(filename)}`]),
  ];
  return `${headers.join('\n')}\n\n${isAscii ? content : wrapped(base64OfText(content))}`;
}

/** Texts of users must not end a header. */
const token = (text: string): string | null => {
  const safe = text.replace(/[^\w.+-]/g, '');
  return safe === '' ? null : safe;
};
function filenameParameter(filename: string): string {
  const plain = filename.replace(/[\r\n\0]/g, ' ');
  return /^[ -~]*$/.test(plain) ? `filename="${plain.replace(/["\\]/g, '\\$&')}"` : `filename*=utf-8''${encodeURIComponent(plain)}`;
}
const wrapped = (encoded: string): string => (encoded.match(new RegExp(`.{1,${BASE64_COLUMNS}}`, 'g')) ?? []).join('\n').concat('\n');

/** The parts of a multi-part document, those of documents within it included; null when the text is none. */
export function mimeParts(document: string): readonly MimePart[] | null {
  const whole = splitEntity(document);
  if (boundaryOf(whole) === null) return null;
  const parts: MimePart[] = [];
  const open: { readonly entity: Entity; readonly level: number }[] = [{ entity: whole, level: 0 }];
  for (let next = open.shift(); next !== undefined && parts.length < MOST_PARTS; next = open.shift()) {
    const { entity, level } = next;
    const boundary = boundaryOf(entity);
    if (boundary === null) parts.push(partOf(entity));
    else if (level < MOST_LEVELS)
      open.unshift(...entitiesIn(entity.body, boundary).map((text) => ({ entity: splitEntity(text), level: level + 1 })));
  }
  return parts;
}

interface Entity {
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

function splitEntity(text: string): Entity {
  const lines = text.split(/\r?\n/);
  const headers = new Map<string, string>();
  let last: string | null = null;
  let at = 0;
  for (; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line === '') {
      at++;
      break;
    }
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      last = name.toLowerCase();
      if (!headers.has(last)) headers.set(last, value);
    } else if (last !== null && /^[ \t]/.test(line)) headers.set(last, `${headers.get(last)} ${line.trim()}`);
    else break;
  }
  return { headers, body: lines.slice(at).join('\n') };
}

function boundaryOf({ headers }: Entity): string | null {
  const type = headers.get('content-type') ?? '';
  return /^multipart\//i.test(type) ? parameter(type, 'boundary') : null;
}

/** Between the lines that are the boundary; the line break before one belongs to it. */
function entitiesIn(body: string, boundary: string): readonly string[] {
  const found: string[] = [];
  let part: string[] | null = null;
  for (const line of body.split('\n')) {
    const bare = line.trimEnd();
    if (bare !== `--${boundary}` && bare !== `--${boundary}--`) {
      part?.push(line);
      continue;
    }
    if (part !== null) found.push(part.join('\n'));
    if (bare.endsWith(`${boundary}--`)) return found;
    part = [];
  }
  // The end is missing: what there is counts.
  if (part !== null) found.push(part.join('\n'));
  return found;
}

function partOf({ headers, body }: Entity): MimePart {
  const type = headers.get('content-type') ?? 'text/plain';
  const [, subtype = 'plain'] = /^[^/;\s]+\/([^;\s]+)/.exec(type) ?? [];
  return {
    content: decoded(body, (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase()),
    subtype: subtype.toLowerCase(),
    filename: parameter(headers.get('content-disposition') ?? '', 'filename') ?? parameter(type, 'name'),
  };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return textOfBase64(body);
  if (encoding !== 'quoted-printable') return body;
  return body.replace(/[ \t]*=[ \t]*\n/g, '').replace(/(?:=[0-9A-Fa-f]{2})+/g, (run) =>
    textOfBytes(
      run
        .slice(1)
        .split('=')
        .map((hex) => Number.parseInt(hex, 16)),
    ),
  );
}

/** `name="value"`, `name=value` or `name*=utf-8''value`. */
function parameter(header: string, name: string): string | null {
  const extended = new RegExp(`;\\s*${name}\\*=[^']*'[^']*'([^;\\s]+)`, 'i').exec(header)?.[1];
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended);
    } catch {
      return extended;
    }
  }
  const [, quoted, bare] = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s"]+))`, 'i').exec(header) ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? bare ?? null;
}
