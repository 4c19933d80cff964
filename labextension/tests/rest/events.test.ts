// @vitest-environment node
import { describe, expect, it } from 'vitest';
import {
  EventParser,
  readEvents,
  type ServerEvent
} from '../../src/data/rest/events.js';

const STREAM =
  ': hello\n\nid: a.1\nevent: change\ndata: {"q":"größer 🙂"}\n\n' +
  'data: one\r\ndata: two\r\n\r\nid: a.2\revent: end\rdata\r\r: beat\n\n';

const EVENTS: ServerEvent[] = [
  { id: 'a.1', name: 'change', data: '{"q":"größer 🙂"}' },
  { id: 'a.1', name: 'message', data: 'one\ntwo' },
  { id: 'a.2', name: 'end', data: '' }
];

async function read(pieces: Uint8Array[]): Promise<ServerEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start: controller => {
      pieces.forEach(piece => controller.enqueue(piece));
      controller.close();
    }
  });
  const events: ServerEvent[] = [];
  for await (const event of readEvents(body, () => undefined)) {
    events.push(event);
  }
  return events;
}

describe('a stream of events', () => {
  it('is the same wherever it is cut, within characters too', async () => {
    const bytes = new TextEncoder().encode(STREAM);
    for (let size = 1; size <= bytes.length; size++) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        pieces.push(bytes.slice(at, at + size));
      }
      expect(await read(pieces), `pieces of ${size}`).toEqual(EVENTS);
    }
  });

  it('keeps an event of a megabyte that comes in many pieces', () => {
    const parser = new EventParser();
    const data = 'x'.repeat(1_000_000);
    const events: ServerEvent[] = [];
    const said = `data: ${data}\n\n`;
    for (let at = 0; at < said.length; at += 1000) {
      events.push(...parser.push(said.slice(at, at + 1000)));
    }
    expect(events).toHaveLength(1);
    expect(events[0]!.data).toBe(data);
  });

  it('does not hold what never ends', () => {
    const parser = new EventParser();
    const piece = 'x'.repeat(1024 * 1024);
    expect(() => {
      for (let times = 0; times < 20; times++) {
        parser.push(piece);
      }
    }).toThrow('too large');
  });

  it('forgets an event that was not finished', async () => {
    expect(await read([new TextEncoder().encode('data: half\n')])).toEqual([]);
  });

  it('stops reading when nobody listens any more', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: controller =>
        controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel: () => {
        cancelled = true;
      }
    });
    for await (const event of readEvents(body, () => undefined)) {
      expect(event.data).toBe('1');
      break;
    }
    expect(cancelled).toBe(true);
  });
});
