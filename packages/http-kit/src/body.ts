/** Reading request bodies: bounded bytes from the wire, and the default JSON rule. */
import type { IncomingMessage } from 'node:http';
import { MAX_JSON_DEPTH, Refusal } from '@hearth/kernel';

/** How much of a refused body is still read, so that the client gets our answer instead of a broken connection. */
const DRAIN_BYTES = 64 * 1024 * 1024;

const tooLarge = (limitBytes: number): Refusal =>
  new Refusal('too-large', 'RequestLimitExceeded', `Request limit exceeded: the body is larger than ${limitBytes} bytes.`, { limitBytes });

/** The whole body, or a `Refusal('too-large')` after the rest has been thrown away. */
export async function readBytes(source: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  if (!hasBody(source)) return new Uint8Array(0);
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total <= limitBytes) chunks.push(chunk);
      else if (total > DRAIN_BYTES) break;
      else chunks.length = 0;
    }
  } catch {
    throw new Refusal('invalid', 'ClientDisconnected', 'The request body ended before it was complete.');
  }
  if (total > limitBytes) throw tooLarge(limitBytes);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/**
 * The body while it arrives. Whoever stops early leaves the rest to `drainBody`, so that the client gets an answer and not a broken connection.
 */
export async function* bodyChunks(source: IncomingMessage): AsyncGenerator<Uint8Array> {
  if (!hasBody(source)) return;
  const chunks = (source as AsyncIterable<Buffer> & IncomingMessage).iterator({ destroyOnReturn: false });
  try {
    for await (const chunk of chunks) yield chunk as Buffer;
  } catch {
    throw new Refusal('invalid', 'ClientDisconnected', 'The request body ended before it was complete.');
  }
}

/** Throws away what is left of a body, as far as that is worth it. */
export async function drainBody(source: IncomingMessage): Promise<void> {
  if (!hasBody(source) || source.readableEnded || source.destroyed) return;
  let total = 0;
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      total += (chunk as Buffer).length;
      if (total > DRAIN_BYTES) return;
    }
  } catch {
    // The client has gone; there is nobody to answer.
  }
}

const hasBody = (source: IncomingMessage): boolean =>
  source.headers['content-length'] !== undefined || source.headers['transfer-encoding'] !== undefined;

/** JSON whatever the content type says; null for an empty body; a `Refusal('invalid')` for anything that is not JSON. */
export function readJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refusal('invalid', 'JSONError', `The request body is not valid JSON: ${(error as Error).message}`);
  }
  if (text.length > MAX_JSON_DEPTH && isDeeperThan(value, MAX_JSON_DEPTH)) {
    throw new Refusal('invalid', 'JSONError', `The request body is nested deeper than ${MAX_JSON_DEPTH} levels.`);
  }
  return value;
}

/** Walks level by level, so that the depth of hostile input never becomes depth of our call stack. */
function isDeeperThan(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Array.isArray(item) ? item : Object.values(item))
        if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}
