/** The text of server-sent events as messages: lines gathered to blocks, whatever pieces they arrive in. Pure. */
import { Failure } from '@hearth/kernel';

export interface ServerSent {
  /** The last id so far: the stream can be resumed behind it. */
  readonly id: string;
  /** `message` when none is named. */
  readonly event: string;
  /** Null: only the id has moved on. */
  readonly data: string | null;
}

/** More than any event has: what grows beyond it is something else than a stream of events. */
const MOST_CHARACTERS = 4_000_000;

/** Feed it text as it comes; it gives the messages that became whole. */
export function serverSentReader(): (text: string) => readonly ServerSent[] {
  let rest = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  let hasId = false;

  function line(text: string, found: ServerSent[]): void {
    if (text === '') {
      if (data.length > 0 || hasId) found.push({ id, event: event || 'message', data: data.length === 0 ? null : data.join('\n') });
      event = '';
      data = [];
      hasId = false;
      return;
    }
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + (text[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) {
      id = value;
      hasId = true;
    }
  }

  return (text) => {
    rest += text;
    if (rest.length > MOST_CHARACTERS)
      throw new Failure('unknown', 'the stream of events has a line that does not end; is that its address?');
    const found: ServerSent[] = [];
    // A return at the very end may be half of a line's end.
    for (let end = /\r\n|\n|\r(?!$)/.exec(rest); end !== null; end = /\r\n|\n|\r(?!$)/.exec(rest)) {
      line(rest.slice(0, end.index), found);
      rest = rest.slice(end.index + end[0].length);
    }
    return found;
  };
}
