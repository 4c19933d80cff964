import type { Words } from '../../data/words.js';
import { arrange, h, setAttributes, setHidden, setText } from '../dom.js';
import { visible } from '../text.js';
import type { Span } from './axes.js';
import type { PicturePart } from './copying.js';
import type { Engine } from './engine.js';
import type { PlotChoices } from './host.js';
import { Panel } from './panel.js';
import type { PanelPicture, Picture } from './picture.js';
import {
  nameOf,
  placeOf,
  placeWords,
  readings,
  valueWords
} from './readings.js';
import type { Theme } from './theme.js';
import { Tooltip } from './tooltip.js';

export interface GridEvents {
  zoom(window: Span | null): void;
  scale(about: number, factor: number): void;
  shift(share: number): void;
  /** The width of a panel has changed: points that a line may have. */
  resized(points: number): void;
}

interface Look {
  engine: Engine | null;
  theme: Theme | null;
  choices: PlotChoices;
}

const LEAST_WIDTH = 280;
const MOST_COLUMNS = 3;
const GAP = 16;
const HEIGHT = 200;
const OVERLAID_HEIGHT = 340;

/** Steps of a cursor that is moved by keys, over the width of a panel. */
const STEPS = 100;

/** Values that are read out at once. */
const READ = 8;

/** All panels, side by side: they share x, the cursor and the zoom. */
export class PanelGrid {
  readonly node: HTMLElement;

  constructor(events: GridEvents, words: Words) {
    this._events = events;
    this._words = words;
    this._panelsNode = h('div', { class: 'labbook-plot-grid' });
    this._empty = h('p', { class: 'labbook-plot-empty' }, this._emptyWords);
    this._live = h('div', { class: 'labbook-plot-live', role: 'status' });
    this.node = h(
      'div',
      { class: 'labbook-plot-panels', role: 'group' },
      this._panelsNode,
      this._empty,
      this._tooltip.node,
      this._live
    );
    if (typeof ResizeObserver === 'function') {
      this._resize = new ResizeObserver(([entry]) => {
        // Asked for while things change, a width costs a layout.
        this._inner = entry!.contentRect.width;
        this._tell();
      });
      this._resize.observe(this.node);
    }
  }

  /** Points that a line of one panel may have: twice its device pixels. */
  get points(): number {
    return Math.max(
      16,
      Math.round(2 * this._width() * (devicePixelRatio || 1))
    );
  }

  show(picture: Picture, { engine, theme, choices }: Look): void {
    this._picture = picture;
    const { panels, empty } = picture;
    this._count = choices.overlaid ? 1 : Math.max(1, panels.length);
    this._panelsNode.style.gridTemplateColumns = `repeat(${this._columns()}, minmax(0, 1fr))`;
    const keys = new Set(panels.map(panel => panel.key));
    for (const [key, panel] of this._panels) {
      if (empty || !keys.has(key)) {
        panel.dispose();
        this._panels.delete(key);
      }
    }
    setHidden(this._empty, !empty);
    const height = choices.overlaid ? OVERLAID_HEIGHT : HEIGHT;
    this.node.style.minHeight = `${height + TITLE}px`;
    if (empty) {
      return;
    }
    for (const each of panels) {
      const panel = this._panels.get(each.key) ?? this._add(each.key);
      panel.show(each, picture, {
        engine: theme && engine,
        width: this._width(),
        height,
        theme: theme ?? NO_THEME,
        logX: choices.logX,
        logY: choices.logY,
        highlit: this._highlit,
        words: this._words
      });
    }
    arrange(
      this._panelsNode,
      panels.map(panel => this._panels.get(panel.key)!.node)
    );
    this._tell();
  }

  /** Say in words what is shown, or what is waited for, once it is drawn. */
  tell(description: string, waiting: string): void {
    setAttributes(this.node, { 'aria-label': description });
    setText(this._emptyWords, waiting);
    this._panels.forEach(panel => panel.tell());
    if (this._cursor !== null) {
      this._point(this._over, this._cursor, false);
    }
  }

  highlight(key: string | null): void {
    this._highlit = key;
    this._panels.forEach(panel => panel.highlight(key));
  }

  /** Panels as they are drawn, for a picture of all of them. */
  parts(): { parts: PicturePart[]; width: number; height: number } {
    const bounds = this._panelsNode.getBoundingClientRect();
    const parts = [...this._panels.values()].flatMap(panel => {
      const canvas = panel.canvas;
      const place = canvas?.getBoundingClientRect();
      return canvas && place && panel.picture
        ? [
            {
              title: visible(panel.picture.metrics.join(', ')),
              canvas,
              left: place.left - bounds.left,
              top: place.top - bounds.top
            }
          ]
        : [];
    });
    return { parts, width: bounds.width, height: bounds.height };
  }

  dispose(): void {
    this._resize?.disconnect();
    this._panels.forEach(panel => panel.dispose());
    this._panels.clear();
  }

  private _add(key: string): Panel {
    const panel = new Panel({
      point: (over, x) => this._point(over, x, false),
      select: window => this._events.zoom(window),
      reset: () => this._events.zoom(null),
      press: (over, event) => this._press(over, event),
      leave: () => this._point(null, null, false)
    });
    this._panels.set(key, panel);
    return panel;
  }

  /** Move the cursor of all panels, and show the values of one. */
  private _point(over: Panel | null, x: number | null, aloud: boolean): void {
    const picture = this._picture;
    this._over = over;
    this._cursor = x;
    this._panels.forEach(panel => panel.cursor(x));
    const at = x === null ? null : over?.place(x);
    if (!picture || !over?.picture || x === null || !at) {
      this._tooltip.hide();
      return;
    }
    const found = readings(over.picture, x, picture.shown);
    const place = placeOf(found, x);
    const bounds = this.node.getBoundingClientRect();
    this._tooltip.show(found, place, picture, at, bounds, this._words);
    if (aloud) {
      const values = found
        .slice(0, READ)
        .map(
          each =>
            `${nameOf(each.mark, picture)} ${valueWords(each, this._words)}`
        );
      const said = [placeWords(picture.xName, place, this._words), ...values];
      setText(this._live, visible(said.join('; ')));
    }
  }

  private _press(panel: Panel, event: KeyboardEvent): void {
    const picture = this._picture;
    const pictured = panel.picture;
    if (
      !picture ||
      !pictured ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    ) {
      return;
    }
    const [from, to] = picture.shown;
    const about = this._cursor ?? (from + to) / 2;
    const act = {
      '+': () => this._events.scale(about, 0.5),
      '=': () => this._events.scale(about, 0.5),
      '-': () => this._events.scale(about, 2),
      '0': () => this._events.zoom(null),
      Escape: () => this._events.zoom(null),
      ArrowLeft: () => this._step(panel, pictured, -1, event.shiftKey),
      ArrowRight: () => this._step(panel, pictured, 1, event.shiftKey),
      Home: () => this._point(panel, from, true),
      End: () => this._point(panel, to, true)
    }[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }

  /** To the next place with a value; with Shift the window moves instead. */
  private _step(
    panel: Panel,
    { marks }: PanelPicture,
    direction: 1 | -1,
    shift: boolean
  ): void {
    if (shift) {
      this._events.shift(0.2 * direction);
      return;
    }
    const [from, to] = this._picture!.shown;
    if (this._cursor === null) {
      this._point(panel, direction > 0 ? from : to, true);
      return;
    }
    const next = nextPlace(marks, this._cursor, direction, (to - from) / STEPS);
    if (next === null) {
      return;
    }
    if (next < from || next > to) {
      this._events.shift(0.2 * direction);
    }
    this._point(panel, next, true);
  }

  private _tell(): void {
    const { points } = this;
    if (this._inner > 0 && points !== this._told) {
      this._told = points;
      this._events.resized(points);
    }
  }

  private _columns(): number {
    const fit = Math.floor((this._inner + GAP) / (LEAST_WIDTH + GAP));
    return Math.max(1, Math.min(fit, MOST_COLUMNS, this._count));
  }

  private _width(): number {
    const columns = this._columns();
    return Math.floor((this._inner - GAP * (columns - 1)) / columns);
  }

  private _events: GridEvents;
  private _words: Words;
  private _picture: Picture | null = null;
  private _panels = new Map<string, Panel>();
  private _panelsNode: HTMLElement;
  private _empty: HTMLElement;
  private _emptyWords = h('span', {});
  private _live: HTMLElement;
  private _tooltip = new Tooltip();
  private _resize: ResizeObserver | null = null;
  /** Width of all panels together, in pixels. */
  private _inner = 0;
  private _count = 1;
  private _told = 0;
  private _over: Panel | null = null;
  private _cursor: number | null = null;
  private _highlit: string | null = null;
}

/** Height of a panel's title, as the style sheet has it. */
const TITLE = 22;

const NO_THEME: Theme = { back: '', text: '', quiet: '', line: '', family: '' };

/** The nearest logged place that is at least so far away in a direction. */
function nextPlace(
  marks: PanelPicture['marks'],
  from: number,
  direction: 1 | -1,
  least: number
): number | null {
  let best: number | null = null;
  for (const { curve, faint } of marks) {
    for (const x of faint ? [] : curve.x) {
      const away = (x - from) * direction;
      if (
        away > 0 &&
        away >= least * 0.999 &&
        (best === null || away < (best - from) * direction)
      ) {
        best = x;
      }
    }
  }
  return best;
}
