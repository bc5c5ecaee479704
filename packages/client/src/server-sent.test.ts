/** Server-sent events as text: whatever pieces it arrives in, the messages are the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverSentReader, type ServerSent } from './server-sent.ts';

const read = (...pieces: string[]): readonly ServerSent[] => {
  const reader = serverSentReader();
  return pieces.flatMap((piece) => [...reader(piece)]);
};

describe('messages', () => {
  it.each<[string, string, ServerSent[]]>([
    ['with all fields', 'id: 1-2\nevent: resource\ndata: {"a":1}\n\n', [{ id: '1-2', event: 'resource', data: '{"a":1}' }]],
    ['without a name', 'data: x\n\n', [{ id: '', event: 'message', data: 'x' }]],
    ['of several lines', 'data: a\ndata: b\n\n', [{ id: '', event: 'message', data: 'a\nb' }]],
    [
      'that keep the last id',
      'id: 7\ndata: a\n\ndata: b\n\n',
      [
        { id: '7', event: 'message', data: 'a' },
        { id: '7', event: 'message', data: 'b' },
      ],
    ],
    ['that only move the id on', ': alive\nid: 9-0\n\n', [{ id: '9-0', event: 'message', data: null }]],
    ['comments say nothing', ': alive\n\n', []],
    ['with one blank or none after the colon', 'data:a\ndata:  b\n\n', [{ id: '', event: 'message', data: 'a\n b' }]],
    [
      'with other ends of lines',
      'data: a\r\n\r\ndata: b\r\rdata: c\n\n',
      ['a', 'b', 'c'].map((data) => ({ id: '', event: 'message', data })),
    ],
    ['that are not whole yet', 'data: a\n', []],
  ])('%s', (_what, text, messages) => {
    expect(read(text)).toEqual(messages);
  });

  it('are the same in whatever pieces they come', () => {
    const text = ': hi\r\nid: 1-1\r\nevent: stack\r\ndata: {"x":"ä"}\r\n\r\nid: 2-0\n\ndata: a\ndata: b\nid: 3\n\n';
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        expect(read(...places.slice(1).map((end, i) => text.slice(places[i], end)))).toEqual(read(text));
      }),
    );
  });

  it('a line without end is refused', () => {
    expect(() => read('x'.repeat(5_000_000))).toThrow(/does not end/);
  });
});
