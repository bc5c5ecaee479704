/** `!!binary` scalars: base64 text to bytes, and bytes to text (UTF-8 where it is, Latin-1 otherwise), for JSON has no bytes. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Null when the text is no base64. Blanks are ignored. */
export function base64Bytes(text: string): Uint8Array | null {
  const digits = text.replaceAll(/\s+/g, '').replace(/=+$/, '');
  if (digits.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (const digit of digits) {
    const value = ALPHABET.indexOf(digit);
    if (value < 0) return null;
    bits = ((bits & 0xfff) << 6) | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[length++] = (bits >> held) & 0xff;
    }
  }
  return bytes;
}

export function latin1OrUtf8Text(bytes: Uint8Array): string {
  let escaped = '';
  let latin1 = '';
  for (const byte of bytes) {
    escaped += `%${byte.toString(16).padStart(2, '0')}`;
    latin1 += String.fromCharCode(byte);
  }
  try {
    return decodeURIComponent(escaped);
  } catch {
    return latin1;
  }
}
