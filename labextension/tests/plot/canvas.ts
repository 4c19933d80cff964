/** What jsdom lacks of a page: a canvas that notes what is drawn, and sizes. */

import { vi } from 'vitest';

export interface Drawn {
  /** Names of what was called on any canvas, in order. */
  calls: string[];
  texts: string[];
}

/** Give the page a canvas and a width; undone by `vi.unstubAllGlobals`. */
export function installCanvas(width: number): Drawn {
  const drawn: Drawn = { calls: [], texts: [] };
  const contexts = new WeakMap<HTMLCanvasElement, object>();
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement) {
    const context = contexts.get(this) ?? recorder(this, drawn);
    contexts.set(this, context);
    return context as never;
  };
  HTMLCanvasElement.prototype.toBlob = done =>
    done(new Blob(['picture'], { type: 'image/png' }));
  vi.stubGlobal('Path2D', class {});
  vi.stubGlobal('matchMedia', () => new EventTarget());
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(private _told: (entries: object[]) => void) {}
      observe(): void {
        queueMicrotask(() => this._told([{ contentRect: { width } }]));
      }
      disconnect(): void {}
    }
  );
  return drawn;
}

function recorder(canvas: HTMLCanvasElement, drawn: Drawn): object {
  const set: Record<string | symbol, unknown> = { canvas };
  return new Proxy(set, {
    get: (_, name) => {
      if (name in set) {
        return set[name];
      }
      return (...values: unknown[]) => {
        drawn.calls.push(String(name));
        if (name === 'fillText') {
          drawn.texts.push(String(values[0]));
        }
        return { width: 6 * String(values[0]).length };
      };
    }
  });
}
