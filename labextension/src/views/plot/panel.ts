import type uPlot from 'uplot';
import type { Words } from '../../data/words.js';
import { h, setAttributes, setHidden, setText } from '../dom.js';
import { number, visible } from '../text.js';
import {
  logTicks,
  tickLabel,
  tickLabels,
  timeUnit,
  type Span
} from './axes.js';
import { lastPoint } from './curve.js';
import type { Engine } from './engine.js';
import { paint } from './ink.js';
import { onAxis, type PanelPicture, type Picture } from './picture.js';
import { readings, valueWords } from './readings.js';
import type { Theme } from './theme.js';

/** How panels are drawn now, alike for all of them. */
export interface Frame {
  engine: Engine | null;
  width: number;
  height: number;
  theme: Theme;
  logX: boolean;
  logY: boolean;
  /** Key of the group that stands out. */
  highlit: string | null;
  words: Words;
}

/** What a person does in a panel. */
export interface PanelEvents {
  /** The pointer is over a place on x; null: it has left. */
  point(panel: Panel, x: number | null): void;
  select(span: Span): void;
  reset(): void;
  press(panel: Panel, event: KeyboardEvent): void;
  leave(panel: Panel): void;
}

const Y_AXIS = 50;
const X_AXIS = 24;
const X_NAME = 15;

/** Drags shorter than this are clicks, in pixels. */
const DRAG = 6;

/** One plot with its title, around one instance of uPlot. */
export class Panel {
  readonly node: HTMLElement;

  constructor(events: PanelEvents) {
    this._events = events;
    this._stage = h('div', { class: 'labbook-plot-stage' });
    this.node = h(
      'div',
      { class: 'labbook-plot-panel', role: 'application', tabindex: 0 },
      h('div', { class: 'labbook-plot-head' }, this._title, this._value),
      this._stage,
      this._nothing
    );
    this.node.addEventListener('keydown', event => events.press(this, event));
    this.node.addEventListener('blur', () => events.leave(this));
  }

  get picture(): PanelPicture | null {
    return this._panel;
  }

  /** Draw; an instance of uPlot is kept as long as its axes can stay. */
  show(panel: PanelPicture, picture: Picture, frame: Frame): void {
    this._panel = panel;
    this._picture = picture;
    this._frame = frame;
    this._stage.style.height = `${frame.height}px`;
    if (!frame.engine || frame.width <= 0) {
      return;
    }
    const kind = JSON.stringify([frame.logX, frame.logY, frame.theme]);
    if (kind !== this._kind) {
      this._plot?.destroy();
      this._kind = kind;
      this._plot = null;
      this._plot = new frame.engine(this._options(frame), [[]], this._stage);
    }
    const plot = this._plot!;
    const [from, to] = picture.shown;
    const [low, high] = panel.value;
    if (plot.width !== frame.width || plot.height !== frame.height) {
      plot.setSize({ width: frame.width, height: frame.height });
    }
    // The page may have moved the plot since the pointer was last over it.
    plot.syncRect(true);
    plot.batch(() => {
      plot.setData([[from, to]], false);
      plot.setScale('x', { min: from, max: to });
      plot.setScale('y', { min: low, max: high });
    });
  }

  /** Say in words what is shown, once it is drawn. */
  tell(): void {
    const title = visible(this._panel!.metrics.join(', '));
    const { words } = this._frame!;
    setText(this._title, title);
    const empty = !this._panel!.marks.some(({ curve }) => curve.y.length);
    setHidden(this._nothing, !empty);
    setText(
      this._nothing,
      this._picture!.live ? words.__('Not logged yet') : words.__('Not logged')
    );
    setAttributes(this.node, {
      'aria-roledescription': words.__('plot'),
      'aria-label': words.__(
        'Plot of %1; arrow keys read values, plus and minus zoom',
        title
      )
    });
    this._showValue(null);
  }

  /** Draw again what has not changed, with another group standing out. */
  highlight(key: string | null): void {
    if (this._frame) {
      this._frame = { ...this._frame, highlit: key };
      this._plot?.redraw(false, false);
    }
  }

  /** Put the cursor on a place, as another panel's has moved; null takes it away. */
  cursor(x: number | null): void {
    if (!this._plot || !this._picture) {
      return;
    }
    const left = x === null ? -10 : this._plot.valToPos(x, 'x');
    const { bbox } = this._plot;
    const width = bbox.width / (devicePixelRatio || 1);
    const inside = left >= 0 && left <= width;
    this._plot.setCursor({ left: inside ? left : -10, top: 0 }, false);
    this._showDots(inside ? x : null);
    this._showValue(inside ? x : null);
  }

  /** Where a place on x is, in pixels of the page; null without a plot. */
  place(x: number): { left: number; top: number; bottom: number } | null {
    if (!this._plot) {
      return null;
    }
    const { left, top, bottom } = this._plot.over.getBoundingClientRect();
    return { left: left + this._plot.valToPos(x, 'x'), top, bottom };
  }

  get canvas(): HTMLCanvasElement | null {
    return this._plot?.ctx.canvas ?? null;
  }

  dispose(): void {
    this._plot?.destroy();
    this._plot = null;
    this._kind = '';
    this.node.remove();
  }

  /** The last value of a lone line, or its value under the cursor. */
  private _showValue(x: number | null): void {
    const { _panel: panel, _picture: picture } = this;
    const lines = panel?.marks.filter(mark => !mark.faint) ?? [];
    let text = '';
    if (panel && picture && lines.length === 1) {
      const last = lastPoint(lines[0]!.curve);
      const here = x === null ? null : readings(panel, x, picture.shown)[0];
      text = here
        ? valueWords(here, this._frame!.words)
        : last && x === null
          ? number(last[1])
          : '';
    }
    setText(this._value, text);
  }

  private _showDots(x: number | null): void {
    const plot = this._plot!;
    const found =
      x === null ? [] : readings(this._panel!, x, this._picture!.shown);
    const shown = found.slice(0, 24);
    while (this._dots.length < shown.length) {
      const dot = h('div', { class: 'labbook-plot-dot' });
      this._dots.push(dot);
      plot.over.append(dot);
    }
    this._dots.forEach((dot, index) => {
      const reading = shown[index];
      dot.hidden = !reading;
      if (reading) {
        const left = plot.valToPos(reading.x, 'x');
        const { metric } = reading.mark;
        const place = onAxis(this._panel!, metric, reading.y);
        const top = plot.valToPos(place, 'y');
        dot.style.transform = `translate(${left}px, ${top}px)`;
        dot.style.backgroundColor = reading.mark.pen.colour;
      }
    });
  }

  private _options({
    width,
    height,
    theme,
    logX,
    logY,
    words
  }: Frame): uPlot.Options {
    const font = `11px ${theme.family}`;
    const axis = {
      font,
      stroke: theme.quiet,
      grid: { stroke: theme.line, width: 1 },
      ticks: { show: false },
      filter: (_plot: uPlot, splits: number[]) => splits,
      gap: 4
    };
    const range = (_plot: uPlot, min: number, max: number): Span => [min, max];
    const distr = (log: boolean): uPlot.Scale['distr'] => (log ? 3 : 1);
    this._dots = [];
    return {
      width,
      height,
      padding: [6, 8, 0, 0],
      legend: { show: false },
      series: [{}],
      scales: {
        x: {
          time: false,
          auto: false,
          range,
          min: 1,
          max: 2,
          distr: distr(logX)
        },
        y: { auto: false, range, min: 1, max: 2, distr: distr(logY) }
      },
      axes: [
        {
          ...axis,
          ...(logX ? logAxis(6) : this._baseAxis()),
          grid: { show: false },
          border: { show: true, stroke: theme.line, width: 1 },
          size: X_AXIS,
          space: 56,
          label: () => this._xName(words),
          labelFont: font,
          labelSize: X_NAME,
          labelGap: 0
        },
        {
          ...axis,
          ...(logY ? logAxis(5) : this._valueAxis()),
          size: Y_AXIS,
          space: 34
        }
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: DRAG },
        bind: { dblclick: () => () => (this._events.reset(), null) }
      },
      hooks: {
        draw: [
          plot => {
            if (this._panel && this._frame) {
              paint(plot, this._panel, this._frame.theme, this._frame.highlit);
            }
          }
        ],
        setCursor: [
          plot => {
            const left = plot.cursor.left ?? -1;
            this._events.point(
              this,
              left < 0 ? null : plot.posToVal(left, 'x')
            );
          }
        ],
        setSelect: [
          plot => {
            const { left, width: wide } = plot.select;
            if (wide >= DRAG) {
              this._events.select([
                plot.posToVal(left, 'x'),
                plot.posToVal(left + wide, 'x')
              ]);
            }
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          }
        ]
      }
    };
  }

  /** Steps, or time in the unit that suits what is shown. */
  private _baseAxis(): uPlot.Axis {
    const unit = (): number =>
      this._picture?.xName === 'time'
        ? timeUnit(this._picture.shown[1]).seconds
        : 1;
    return {
      incrs: () =>
        this._picture?.xName === 'time'
          ? timeUnit(this._picture.shown[1]).steps.map(step => step * unit())
          : WHOLE,
      values: (_plot, splits, _axis, _space, step) =>
        tickLabels(
          splits.map(each => each / unit()),
          step / unit()
        )
    };
  }

  /** Values, or shares of the range that each metric has to itself. */
  private _valueAxis(): uPlot.Axis {
    return {
      values: (_plot, splits, _axis, _space, step) =>
        this._panel?.own
          ? splits.map(share => `${Math.round(100 * share)} %`)
          : tickLabels(splits, step)
    };
  }

  private _xName(words: Words): string {
    if (this._picture?.xName === 'time') {
      const unit = this._frame?.logX
        ? timeUnit(1)
        : timeUnit(this._picture.shown[1]);
      return words.__('time in %1', unit.name(words));
    }
    return this._picture?.xName === 'row' ? words.__('row') : words.__('step');
  }

  private _events: PanelEvents;
  private _panel: PanelPicture | null = null;
  private _picture: Picture | null = null;
  private _frame: Frame | null = null;
  private _plot: uPlot | null = null;
  private _kind = '';
  private _stage: HTMLElement;
  private _title = h('bdi', { class: 'labbook-plot-title' });
  private _value = h('span', { class: 'labbook-plot-value' });
  private _nothing = h('p', { class: 'labbook-plot-nothing', hidden: true });
  private _dots: HTMLElement[] = [];
}

/** Distances between steps: 1, 2, 2.5 and 5 times a power of ten, down to parts. */
const WHOLE = Array.from({ length: 25 }, (_, power) =>
  Number(`1e${power - 9}`)
).flatMap(unit => [unit, 2 * unit, 2.5 * unit, 5 * unit]);

function logAxis(most: number): uPlot.Axis {
  return {
    splits: (_plot, _axis, low, high) => logTicks(low, high, most),
    values: (_plot, splits) => splits.map(tickLabel)
  };
}
