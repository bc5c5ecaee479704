/** Base64 of UTF-8 text and back, without a runtime's own means: this package is pure. */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Lone surrogates become U+FFFD. */
export const base64OfText = (text: string): string => base64OfBytes(utf8Bytes(text));

export function base64OfBytes(bytes: ArrayLike<number>): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [one, two, three] = [bytes[i] ?? 0, bytes[i + 1] ?? 0, bytes[i + 2] ?? 0];
    const group = one * 65_536 + two * 256 + three;
    const digits = [18, 12, 6, 0].map((shift) => DIGITS[Math.floor(group / 2 ** shift) % 64] as string);
    const left = bytes.length - i;
    parts.push(left > 2 ? digits.join('') : left === 2 ? `${digits.slice(0, 3).join('')}=` : `${digits.slice(0, 2).join('')}==`);
  }
  return parts.join('');
}

/** What is no base64 digit is passed over; bytes that are no UTF-8 are taken as Latin-1. */
export function textOfBase64(encoded: string): string {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const char of encoded) {
    const digit = DIGITS.indexOf(char);
    if (digit < 0) continue;
    held = (held * 64 + digit) % 65_536;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(Math.floor(held / 2 ** bits) % 256);
  }
  return textOfBytes(bytes);
}

export function textOfBytes(bytes: readonly number[]): string {
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return bytes.map((byte) => String.fromCharCode(byte)).join('');
  }
}

function utf8Bytes(text: string): readonly number[] {
  const bytes: number[] = [];
  const encoded = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  for (let i = 0; i < encoded.length; i++) {
    if (encoded[i] === '%') {
      bytes.push(Number.parseInt(encoded.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(encoded.charCodeAt(i));
  }
  return bytes;
}
