/** Combinations of a secret's properties that its schema cannot say, in Heat's words. */
import { isEmpty, isFilled, needsBeside, needsValue } from '@hearth/resource-kit';

interface RuleProps {
  readonly payload?: string | null;
  readonly payload_content_type?: string | null;
  readonly payload_content_encoding?: string | null;
}

const BYTES = 'application/octet-stream';

/** The first problem; absent properties are not known yet. */
export function secretProblems({ payload, payload_content_type: type, payload_content_encoding: encoding }: RuleProps): readonly string[] {
  if (isFilled(type) && isEmpty(payload)) return [needsBeside('payload_content_type', 'payload')];
  if (type === BYTES && isEmpty(encoding)) {
    return [
      `Property unspecified. For '${BYTES}' value of 'payload_content_type' property, 'payload_content_encoding' property must be specified.`,
    ];
  }
  if (type === BYTES && isFilled(encoding) && typeof payload === 'string' && !isBase64(payload))
    return [`Invalid payload for specified '${encoding}' value of 'payload_content_encoding' property.`];
  if (isFilled(encoding) && (isEmpty(type) || type === 'text/plain'))
    return [needsValue('payload_content_encoding', 'payload_content_type', BYTES)];
  return [];
}

/** As the reference decodes it: what is not of the alphabet is passed over, and only a wrong end is a mistake. */
function isBase64(text: string): boolean {
  let place = 0;
  let pads = 0;
  for (const letter of text) {
    if (letter > '\u007f') return false;
    if (letter === '=') {
      if (place >= 2 && place + ++pads >= 4) return true;
    } else if (/[A-Za-z0-9+/]/.test(letter)) {
      pads = 0;
      place = (place + 1) % 4;
    }
  }
  return place === 0;
}
