/** What counts as a difference between two clouds, and what does not. */
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../stock-client/cloud-shell.ts';
import type { RecordedRun } from './parity-calls.ts';
import { differencesOf } from './parity-compare.ts';
import { judge } from './parity-report.ts';

const ID_A = '0a4c2f1e-1111-4222-8333-444455556666';
const ID_B = 'ffffffff-1111-4222-8333-444455556666';

const exchange = (given: Partial<Exchange> & { readonly url: string }): Exchange => ({
  method: 'GET',
  sent: null,
  microversion: null,
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: null,
  ...given,
});

/** A run that logs in at `base`/identity, where the catalogue names compute, and then makes the calls. */
function run(tag: string, base: string, ...exchanges: readonly Exchange[]): RecordedRun {
  const catalog = [{ type: 'compute', endpoints: [{ url: `${base}/compute/v2.1` }] }];
  const login = exchange({
    method: 'POST',
    url: `${base}/identity/v3/auth/tokens`,
    status: 201,
    body: JSON.stringify({ token: { catalog } }),
  });
  const step = { chapter: 'c', tag, name: 'server show', command: '', problem: null, exchanges: [login, ...exchanges] };
  return { tag, folder: `/files-${tag}`, steps: [step] };
}

const server = (base: string, id: string, more: Partial<Exchange>): Exchange =>
  exchange({ url: `${base}/compute/v2.1/servers/${id}`, ...more });

const REAL = 'http://127.0.0.1:8774';
const OURS = 'http://127.0.0.1:40001/cloud';

const compared = (real: Partial<Exchange>, ours: Partial<Exchange>) =>
  differencesOf(run('tag1', REAL, server(REAL, ID_A, real)), run('tag2', OURS, server(OURS, ID_B, ours))).map(
    ({ call, at, real: r, ours: o }) => ({
      call,
      at,
      real: r,
      ours: o,
    }),
  );

const CALL = 'GET /v2.1/servers/{id}';
const body = (value: unknown) => ({ body: JSON.stringify(value) });

describe('differencesOf', () => {
  it.each([
    [
      'ids, times and made-up names',
      body({ server: { id: ID_A, name: 'tag1-x', at: '2026-01-01T00:00:00Z' } }),
      body({ server: { id: ID_B, name: 'tag2-x', at: '2025-02-02T00:00:00Z' } }),
    ],
    ['other values of the same kind', body({ server: { ram: 1 } }), body({ server: { ram: 2 } })],
    ['rows that others made', body({ servers: [{ name: 'tag1' }, { name: 7 }] }), body({ servers: [{ name: 'tag2' }] })],
    ['rows on one side only', body({ servers: [{ name: 'x' }] }), body({ servers: [] })],
    [
      'what a strange cloud has more',
      body({
        images: [
          { name: 'x', a: 1 },
          { name: 'y', b: 2 },
        ],
      }),
      body({ images: [{ name: 'x', a: 2 }] }),
    ],
    ['headers of the connection', { headers: { date: 'now', 'content-length': '1' } }, { headers: { connection: 'close' } }],
    [
      'own addresses in a refusal',
      { status: 404, ...body({ e: `no ${REAL}/compute/x` }) },
      { status: 404, ...body({ e: `no ${OURS}/compute/x` }) },
    ],
  ])('%s are none', (_, real, ours) => {
    expect(compared(real, ours)).toEqual([]);
  });

  it.each([
    ['a status', { status: 200 }, { status: 202 }, { at: 'status', real: '200', ours: '202' }],
    ['a missing key', body({ a: 1, b: { c: 1 } }), body({ a: 1 }), { at: 'body.b', real: 'object', ours: 'absent' }],
    ['another kind', body({ a: null }), body({ a: 'x' }), { at: 'body.a', real: 'null', ours: 'string' }],
    ['nothing in a list', body({ s: { a: [] } }), body({ s: { a: [1] } }), { at: 'body.s.a', real: 'empty list', ours: 'list' }],
    ['a header', { headers: { vary: 'x' } }, { headers: {} }, { at: 'header vary', real: 'present', ours: 'absent' }],
    [
      'the words of a refusal',
      { status: 404, ...body({ e: 'No x.' }) },
      { status: 404, ...body({ e: 'No x' }) },
      { at: 'words.e', real: '"No x."', ours: '"No x"' },
    ],
  ])('%s is one', (_, real, ours, expected) => {
    expect(compared(real, ours)).toEqual([{ call: CALL, ...expected }]);
  });

  it('tells calls that only one side was asked', () => {
    const found = differencesOf(run('tag1', REAL, server(REAL, ID_A, {})), run('tag2', OURS));
    expect(found).toMatchObject([
      { service: 'compute', call: CALL, at: 'call', real: 'answered 200', ours: 'never called', steps: ['server show'] },
    ]);
  });

  it('compares the last answer of a client that polls', () => {
    const real = run('tag1', REAL, server(REAL, ID_A, {}), server(REAL, ID_A, { status: 404 }));
    const ours = run('tag2', OURS, server(OURS, ID_B, { status: 404 }));
    expect(differencesOf(real, ours)).toEqual([]);
  });
});

describe('judge', () => {
  const difference = { service: 'compute', call: CALL, at: 'header vary', real: 'present', ours: 'absent', steps: ['s'] };
  const entry = { service: '*', call: 'GET /v2.1/*', at: 'header vary', why: 'because' };

  it('takes what the table explains, and tells what it no longer explains', () => {
    const stale = { ...entry, at: 'body' };
    const verdict = judge([difference, { ...difference, at: 'status' }], [stale, entry]);
    expect(verdict.unexplained).toEqual([{ ...difference, at: 'status' }]);
    expect(verdict.explained).toEqual([{ entry, differences: [difference] }]);
    expect(verdict.stale).toEqual([stale]);
  });

  it('reads dots and brackets of a pattern as they are', () => {
    expect(judge([{ ...difference, at: 'body.axb' }], [{ ...entry, at: 'body.a.b' }]).unexplained).toHaveLength(1);
  });
});
