/** Randomness that a seed repeats: the same seed gives the same run. */
import type { Random } from '@hearth/kernel';

/** `seed`: any text or number; sfc32 with a hashed state. Not for secrets. */
export function seededRandom(seed: string | number): Random {
  let [a, b, c, d] = hashedState(String(seed));
  const next32 = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next32();
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => next32() >>> 24);
  return {
    next: () => (next32() * 2 ** 21 + (next32() >>> 11)) / 2 ** 53,
    bytes,
    uuid() {
      const value = bytes(16);
      value[6] = ((value[6] as number) & 0x0f) | 0x40;
      value[8] = ((value[8] as number) & 0x3f) | 0x80;
      const hex = [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}

/** Four words from the text (FNV-1a with four offsets), so that near seeds give unlike runs. */
function hashedState(text: string): [number, number, number, number] {
  const words = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35].map((offset) => {
    let hash = offset | 0;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return hash | 0;
  });
  return words as [number, number, number, number];
}
