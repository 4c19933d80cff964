import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Line, Range } from '../../src/data/lines.js';
import { english } from '../../src/data/words.js';
import type {
  PlotChoices,
  PlotData,
  PlotHost
} from '../../src/views/plot/host.js';
import type { PlotView } from '../../src/views/plot/view.js';
import { installCanvas, type Drawn } from './canvas.js';
import { data, line, run } from './made.js';

let drawn: Drawn;
let host: PlotHost & {
  asked: Range[];
  said: string[];
  points: number[];
  saved: PlotChoices[];
};
let view: PlotView;
let PlotViewClass: typeof PlotView;

const all = (selector: string): HTMLElement[] => [
  ...view.node.querySelectorAll<HTMLElement>(selector)
];
const button = (name: string): HTMLButtonElement =>
  all('button').find(each =>
    each.textContent.startsWith(name)
  ) as HTMLButtonElement;
const titles = (): string[] =>
  all('.labbook-plot-title').map(each => each.textContent);
const frames = async (): Promise<void> => {
  for (let i = 0; i < 3; i++) {
    await new Promise(resolve => requestAnimationFrame(resolve));
  }
};
const press = (node: HTMLElement, key: string, more: object = {}): void => {
  node.dispatchEvent(
    new KeyboardEvent('keydown', {
      key,
      bubbles: true,
      cancelable: true,
      ...more
    })
  );
};

/** Two rates with two seeds each; the lines were thinned. */
function sweep(): PlotData {
  const mean = { x: [0, 9], time: [1000, 1009], y: [1, 2] };
  const runs = [0, 1, 2, 3].map(index =>
    run(`00${index}`, {
      parameters: { lr: index >> 1 },
      seed: index % 2,
      state: 'running'
    })
  );
  const y = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  return data({
    runs,
    lines: runs.flatMap(({ label }) => [
      line(label, 'loss', y, { mean }),
      line(label, 'acc', y, { mean })
    ]),
    varied: ['lr'],
    thresholds: [
      { metric: 'acc', value: 5, label: 'acc > 5' },
      { metric: 'acc', value: 1000, label: 'acc < 1000' },
      { metric: 'acc', value: -1000, label: 'acc > -1000' }
    ]
  });
}

beforeEach(async () => {
  drawn = installCanvas(900);
  host = {
    asked: [],
    said: [],
    points: [],
    saved: [],
    words: english,
    range(range): Promise<Line[]> {
      this.asked.push(range);
      return Promise.resolve(
        range.runs.map(label =>
          line(label, 'loss', [1, 2, 3], { x: [4, 4.5, 5] })
        )
      );
    },
    setPoints(points) {
      this.points.push(points);
    },
    say(sentence) {
      this.said.push(sentence);
    },
    load: () => ({}),
    save(choices) {
      this.saved.push(choices);
    }
  };
  // Imported late: uPlot looks at the page when it is loaded.
  ({ PlotView: PlotViewClass } = await import('../../src/views/plot/view.js'));
  view = new PlotViewClass(host);
  document.body.replaceChildren(view.node);
  await frames();
});

afterEach(() => {
  view.dispose();
  vi.unstubAllGlobals();
});

describe('the live plot', () => {
  it('sets a run apart, struck in the legend, when it is tainted', async () => {
    const made = sweep();
    view.update(made);
    await frames();
    const keys = (): string[] =>
      all('button.labbook-plot-key').map(each => each.textContent);
    const struck = (): string[] =>
      all('button.labbook-tainted').map(each => each.textContent);
    expect([keys(), struck()]).toEqual([['lr = 0×2', 'lr = 1×2'], []]);
    const [first, ...others] = made.runs;
    view.update({ ...made, runs: [{ ...first!, taint: 'a bug' }, ...others] });
    await frames();
    expect(keys()).toEqual(['lr = 0', 'lr = 0, tainted', 'lr = 1×2']);
    expect(struck()).toEqual(['lr = 0, tainted']);
  });

  it('keeps a place with a hint until something is logged', async () => {
    view.update(data({ runs: [run('001')] }));
    await frames();
    expect(all('.labbook-plot-empty')[0]!.textContent).toContain('log(loss=…)');
    expect(all('.labbook-plot-panels')[0]!.style.minHeight).toBe('222px');
    expect(titles()).toEqual([]);
  });

  it('draws panels, bands, levels and the ends of live lines', async () => {
    view.update(sweep());
    await frames();
    expect(titles()).toEqual(['acc', 'loss']);
    expect(drawn.texts).toContain('acc > 5');
    expect(drawn.texts).toContain('↑ acc < 1000');
    expect(drawn.texts).toContain('↓ acc > -1000');
    expect(drawn.texts).toContain('step');
    expect(drawn.calls).toContain('arc');
    expect(drawn.calls).toContain('fillRect');
    expect(host.points.at(-1)).toBe(884);
  });

  it('draws many updates of one frame once', async () => {
    view.update(sweep());
    await frames();
    const before = drawn.calls.length;
    view.update(sweep());
    await frames();
    const once = drawn.calls.length - before;
    for (let i = 0; i < 20; i++) {
      view.update(sweep());
    }
    await frames();
    expect(drawn.calls.length - before).toBe(2 * once);
  });

  it('is not drawn again when only what cannot be seen in it changed', async () => {
    const { lines, runs, ...rest } = sweep();
    view.update({ lines, runs, ...rest });
    await frames();
    const before = drawn.calls.length;
    const later = runs.map(each => ({ ...each, tail: 'step 7', elapsed: 7 }));
    view.update({ lines, runs: later, ...rest });
    await frames();
    expect(drawn.calls.length).toBe(before);
    const ended = runs.map(each => ({ ...each, state: 'finished' as const }));
    view.update({ lines, runs: ended, ...rest });
    await frames();
    expect(drawn.calls.length).toBeGreaterThan(before);
  });

  it('keeps its panels while the lines grow, and drops those that are gone', async () => {
    view.update(sweep());
    await frames();
    const panels = all('.labbook-plot-panel');
    const canvases = all('canvas');
    view.update(sweep());
    await frames();
    expect(panels.every(panel => panel.isConnected)).toBe(true);
    expect(canvases.every(canvas => canvas.isConnected)).toBe(true);
    const { lines, ...rest } = sweep();
    view.update({
      ...rest,
      thresholds: [],
      lines: lines.filter(each => each.metric === 'loss')
    });
    await frames();
    expect(titles()).toEqual(['loss']);
    view.update(data());
    await frames();
    expect(titles()).toEqual([]);
  });

  it('is drawn anew when the theme changes', async () => {
    view.update(sweep());
    await frames();
    const before = drawn.calls.length;
    await frames();
    expect(drawn.calls.length).toBe(before);
    document.body.dataset.jpThemeLight = 'false';
    await frames();
    expect(drawn.calls.length).toBeGreaterThan(before);
  });

  it('keeps what the reader chose', async () => {
    view.update(sweep());
    await frames();
    for (const name of ['Overlaid', 'Log x', 'Log y', 'Single seeds', 'Time']) {
      button(name).click();
    }
    const slider = all('input[type=range]')[0] as HTMLInputElement;
    slider.value = '0.5';
    slider.dispatchEvent(new Event('input'));
    await frames();
    expect(host.saved.at(-1)).toEqual({
      overlaid: true,
      by: 'time',
      logX: true,
      logY: true,
      smoothing: 0.5,
      singles: true,
      metrics: null
    });
    expect(titles()).toEqual(['acc, loss']);
    expect(button('Time').getAttribute('aria-pressed')).toBe('true');
    expect(all('output')[0]!.textContent).toBe('0.50');
    expect(drawn.texts).toContain('time in seconds');
    expect(all('.labbook-plot-notes')[0]!.textContent).toContain(
      'means over seeds'
    );
  });

  it('shows the metrics that are ticked, and all when none is', async () => {
    view.update(sweep());
    await frames();
    button('Metrics').click();
    const boxes = all('input[type=checkbox]') as HTMLInputElement[];
    const tick = async (index: number): Promise<void> => {
      boxes[index]!.click();
      await frames();
    };
    await tick(0);
    expect(titles()).toEqual(['loss']);
    await tick(1);
    expect(titles()).toEqual(['acc', 'loss']);
    boxes[0]!.dispatchEvent(
      new FocusEvent('focusout', {
        bubbles: true,
        relatedTarget: document.body
      })
    );
    expect(button('Metrics').getAttribute('aria-expanded')).toBe('false');
  });

  it('tells who listens which runs are alone', async () => {
    const told: (readonly string[])[] = [];
    const end = view.onIsolate(runs => told.push(runs));
    view.update(sweep());
    await frames();
    button('lr = 1').dispatchEvent(new Event('pointerenter'));
    button('lr = 1').click();
    button('lr = 1').dispatchEvent(new Event('pointerleave'));
    await frames();
    expect(button('lr = 0').dataset.off).toBe('');
    button('lr = 1').click();
    await frames();
    expect(button('lr = 0').dataset.off).toBeUndefined();
    end();
    button('lr = 1').click();
    view.isolate('000');
    expect(told).toEqual([['002', '003'], []]);
  });

  it('is zoomed and read by keys', async () => {
    view.update(sweep());
    await frames();
    const panel = all('.labbook-plot-panel')[1]!;
    press(panel, 'ArrowRight');
    const live = all('.labbook-plot-live')[0]!;
    expect(live.textContent).toBe('step 0; lr = 0 1; lr = 1 1');
    press(panel, 'ArrowRight');
    expect(live.textContent).toMatch(/^step 1;/);
    press(panel, 'ArrowLeft');
    press(panel, 'ArrowLeft');
    expect(live.textContent).toMatch(/^step 0;/);
    press(panel, 'x');
    press(panel, '+', { ctrlKey: true });
    await frames();
    expect(button('Show all').style.visibility).toBe('hidden');
    press(panel, '+');
    await frames();
    expect(button('Show all').style.visibility).toBe('visible');
    press(panel, 'End');
    press(panel, 'ArrowRight');
    press(panel, 'ArrowRight', { shiftKey: true });
    await vi.waitFor(() => expect(host.asked.length).toBeGreaterThan(0));
    expect(host.asked.at(-1)).toMatchObject({ by: 'step', points: 884 });
    press(panel, '0');
    await frames();
    expect(button('Show all').style.visibility).toBe('hidden');
  });

  it('gives a picture, and says where it went', async () => {
    vi.stubGlobal('ClipboardItem', class {});
    const write = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { clipboard: { write, writeText: write } });
    view.update(sweep());
    await frames();
    button('Copy PNG').click();
    await vi.waitFor(() =>
      expect(host.said).toEqual(['The plot is on the clipboard as a picture.'])
    );
    expect(button('Copy PNG').textContent).toContain('✓ Copied');
    expect(drawn.calls).toContain('drawImage');
    expect(drawn.texts).toContain('lr = 1');
    button('Copy CSV').click();
    await vi.waitFor(() => expect(host.said).toHaveLength(2));
    expect(write).toHaveBeenCalledTimes(2);
    expect(button('Copy CSV').dataset.done).toBe('copied');
    await vi.waitFor(
      () => expect(button('Copy CSV').dataset.done).toBeUndefined(),
      5_000
    );
    expect(button('Copy PNG').textContent).not.toContain('Copied');
  });

  it('says below the plot what could not be copied, until something else', async () => {
    vi.stubGlobal('ClipboardItem', class {});
    const refused = (): Promise<void> => Promise.reject(new Error('no'));
    vi.stubGlobal('navigator', {
      clipboard: { write: refused, writeText: refused }
    });
    vi.spyOn(HTMLCanvasElement.prototype, 'toBlob').mockImplementation(done => {
      done(null);
    });
    view.update(sweep());
    await frames();
    button('Copy PNG').click();
    await vi.waitFor(() => expect(host.said).toHaveLength(1));
    expect(host.said[0]).toContain('could not make a picture');
    expect(button('Copy PNG').dataset.done).toBe('failed');
    await frames();
    const below = all('.labbook-plot-notes')[0]!;
    expect(below.textContent).toBe(host.said[0]);
    button('Log x').click();
    await frames();
    expect(below.textContent).not.toContain('picture');
  });

  it('has its values as a table, which follows them', async () => {
    view.update(sweep());
    await frames();
    expect(all('tbody tr')).toHaveLength(0);
    const table = all('details')[0] as HTMLDetailsElement;
    table.open = true;
    table.dispatchEvent(new Event('toggle'));
    await frames();
    expect(all('tbody tr')).toHaveLength(8);
    expect(all('tbody tr')[1]!.textContent).toBe('000 · lr = 0loss10110');
    view.isolate('003');
    await frames();
    expect(all('tbody tr')).toHaveLength(2);
  });

  it('does nothing more once it is gone', async () => {
    view.update(sweep());
    await frames();
    view.dispose();
    const before = drawn.calls.length;
    view.update(sweep());
    view.redraw();
    await frames();
    expect(drawn.calls.length).toBe(before);
    expect(view.node.isConnected).toBe(false);
  });
});
