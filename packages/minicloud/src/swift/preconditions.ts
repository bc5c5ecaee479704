/** Conditional requests and ranges, as far as they can be decided from headers alone. */
import type { ApiRequest } from '@hearth/http-kit';

export interface Range {
  readonly start: number;
  /** Up to and without. */
  readonly end: number;
}
const MAX_RANGES = 50;

const tags = (header: string): readonly string[] => header.split(',').map((tag) => tag.trim().replace(/^(W\/)?"(.*)"$/, '$2'));

/** 304, 412, or null to go on. `etag` without quotes. */
export function preconditionStatus(request: ApiRequest, etag: string, changedMs: number): 304 | 412 | null {
  const match = request.header('if-match');
  const noneMatch = request.header('if-none-match');
  const second = Math.ceil(changedMs / 1000) * 1000;
  if (match !== null && !tags(match).some((tag) => tag === '*' || tag === etag)) return 412;
  const unmodified = instantOf(request.header('if-unmodified-since'));
  if (unmodified !== null && second > unmodified) return 412;
  if (noneMatch !== null) return tags(noneMatch).some((tag) => tag === '*' || tag === etag) ? 304 : null;
  const modified = instantOf(request.header('if-modified-since'));
  return modified !== null && second <= modified ? 304 : null;
}

function instantOf(header: string | null): number | null {
  if (header === null) return null;
  const ms = Date.parse(header);
  return Number.isNaN(ms) ? null : ms;
}

/** The ranges that can be satisfied; `whole` when the header is to be ignored; null when none can. */
export function readRanges(header: string | null, size: number): readonly Range[] | 'whole' | null {
  const [, list] = /^bytes=([\d\s,-]+)$/.exec(header?.trim() ?? '') ?? [];
  if (list === undefined) return 'whole';
  const ranges: Range[] = [];
  const parts = list.split(',').map((part) => part.trim());
  if (parts.length > MAX_RANGES) return 'whole';
  for (const part of parts) {
    const [, from, to] = /^(\d{0,15})-(\d{0,15})$/.exec(part) ?? [];
    if (from === undefined || to === undefined || (from === '' && to === '')) return 'whole';
    if (from !== '' && to !== '' && Number(from) > Number(to)) return 'whole';
    const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
    const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
    if (start < end) ranges.push({ start, end });
  }
  return ranges.length === 0 ? null : ranges;
}
