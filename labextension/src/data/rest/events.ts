/** Server-sent events, read as they come. */

export interface ServerEvent {
  /** Where to go on after it; empty if it does not say. */
  id: string;
  name: string;
  data: string;
}

/** No event is larger, in characters: what is has another sender. */
const LARGEST = 16 * 1024 * 1024;

/** Takes a stream apart, wherever it was cut. */
export class EventParser {
  /**
   * The events that a further piece of the stream completes.
   *
   * @throws Error if an event is too large to be one.
   */
  push(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    let start = 0;
    if (this._cr && piece.startsWith('\n')) {
      start = 1;
    }
    if (piece) {
      this._cr = piece.endsWith('\r');
    }
    LINE_END.lastIndex = start;
    for (let end = LINE_END.exec(piece); end; end = LINE_END.exec(piece)) {
      this._take(this._begun + piece.slice(start, end.index), events);
      this._begun = '';
      start = LINE_END.lastIndex;
    }
    this._begun += piece.slice(start);
    this._size += piece.length;
    if (this._size > LARGEST) {
      throw new Error('An event of the server is too large.');
    }
    return events;
  }

  private _take(line: string, events: ServerEvent[]): void {
    if (!line) {
      if (this._data.length) {
        const name = this._name || 'message';
        events.push({ id: this._id, name, data: this._data.join('\n') });
      }
      this._name = '';
      this._data = [];
      this._size = 0;
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') {
      this._data.push(value);
    } else if (field === 'event') {
      this._name = value;
    } else if (field === 'id' && !value.includes('\0')) {
      this._id = value;
    }
  }

  /** A line of which the end has not come. */
  private _begun = '';
  /** Whether the last piece ended in a carriage return: a line feed belongs to it. */
  private _cr = false;
  private _size = 0;
  private _id = '';
  private _name = '';
  private _data: string[] = [];
}

const LINE_END = /\r\n|\r|\n/g;

/**
 * The events of a body, until it ends or is aborted.
 *
 * @param heard - called for each piece, comments and halves of events included.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  heard: () => void
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      heard();
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
