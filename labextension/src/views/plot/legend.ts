import type { Words } from '../../data/words.js';
import { h, setAttributes } from '../dom.js';
import { isolated } from '../run/parts.js';
import { number } from '../text.js';
import type { Group } from './grouping.js';
import type { Pen } from './pens.js';
import type { Picture } from './picture.js';

export interface LegendEvents {
  /** A group is pointed at; null: no longer. */
  highlight(key: string | null): void;
  /** A group is to be shown alone; null: all again. */
  isolate(group: Group | null): void;
}

/** A button for each group: it stands out under the pointer, alone after a click. */
export class Legend {
  readonly node: HTMLElement;

  constructor(events: LegendEvents, words: Words) {
    this._events = events;
    this._words = words;
    this.node = h('div', {
      class: 'labbook-plot-legend',
      role: 'group',
      'aria-label': words.__('Lines')
    });
    this.node.addEventListener('keydown', event => this._move(event));
  }

  show(picture: Picture, alone: ReadonlySet<string> | null): void {
    const { groups } = picture;
    const metrics = metricKeys(picture, this._words);
    const stamp = JSON.stringify([
      groups.map(({ key, label, pen, runs }) => [key, label, pen, runs.length]),
      metrics
    ]);
    if (stamp !== this._stamp) {
      this._stamp = stamp;
      this._draw(groups, metrics);
    }
    for (const [key, button] of this._buttons) {
      const group = groups.find(each => each.key === key)!;
      const shown = !alone || group.runs.some(run => alone.has(run.label));
      setAttributes(button, {
        'aria-pressed': String(alone !== null && shown),
        'data-off': !shown
      });
    }
  }

  private _draw(groups: readonly Group[], metrics: readonly Key[]): void {
    this._buttons.clear();
    // A lone run has nothing to be told apart from.
    for (const group of groups.length > 1 ? groups : []) {
      const count =
        group.runs.length > 1
          ? [
              h(
                'span',
                { class: 'labbook-plot-count' },
                `×${group.runs.length}`
              )
            ]
          : [];
      const button = h(
        'button',
        {
          type: 'button',
          class: group.tainted
            ? 'labbook-plot-key labbook-tainted'
            : 'labbook-plot-key',
          title: this._words.__('Show this alone; again: show all')
        },
        sample(group.pen),
        isolated(group.label),
        ...count
      );
      this._listen(button, group);
      this._buttons.set(group.key, button);
    }
    const keys = [...this._buttons.values()];
    const names = metrics.map(({ label, pen, range }) =>
      h(
        'span',
        { class: 'labbook-plot-key' },
        sample(pen),
        isolated(label),
        ...(range ? [h('span', { class: 'labbook-plot-count' }, range)] : [])
      )
    );
    this.node.replaceChildren(...names, ...keys);
    this.node.hidden = !keys.length && !names.length;
  }

  private _listen(button: HTMLButtonElement, group: Group): void {
    const events = this._events;
    for (const event of ['pointerenter', 'focus']) {
      button.addEventListener(event, () => events.highlight(group.key));
    }
    for (const event of ['pointerleave', 'blur']) {
      button.addEventListener(event, () => events.highlight(null));
    }
    button.addEventListener('click', () =>
      events.isolate(
        button.getAttribute('aria-pressed') === 'true' ? null : group
      )
    );
  }

  /** Arrow keys go from button to button, so that many of them are passed fast. */
  private _move(event: KeyboardEvent): void {
    const buttons = [...this._buttons.values()];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const next = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: buttons.length - 1
    }[event.key];
    if (at >= 0 && next !== undefined) {
      event.preventDefault();
      buttons[next]?.focus();
    }
  }

  private _events: LegendEvents;
  private _words: Words;
  private _stamp = '';
  private _buttons = new Map<string, HTMLButtonElement>();
}

/** One entry of a legend; without a colour it has that of the text. */
export interface Key {
  label: string;
  pen: Pen;
  /** The range that a metric has to itself, such as `0.1 to 0.98`. */
  range?: string;
}

/** What a legend that nobody clicks on names: metrics, and groups that are shown. */
export function keysOf(
  picture: Picture,
  alone: ReadonlySet<string> | null,
  words: Words
): Key[] {
  const groups = picture.groups.length > 1 ? picture.groups : [];
  return [
    ...metricKeys(picture, words),
    ...groups.filter(
      group => !alone || group.runs.some(run => alone.has(run.label))
    )
  ];
}

/** Overlaid metrics differ by colour, or by dash where colours are the groups'. */
function metricKeys(
  { groups, shownMetrics, panels }: Picture,
  words: Words
): Key[] {
  if (panels.length !== 1 || shownMetrics.length < 2) {
    return [];
  }
  const grey = groups.length > 1 ? { colour: '' } : {};
  return shownMetrics.flatMap(label => {
    const pen = panels[0]!.marks.find(
      mark => mark.metric === label && !mark.faint
    )?.pen;
    const span = panels[0]!.own?.get(label);
    const range =
      span && words.__('%1 to %2', number(span[0]), number(span[1]));
    return pen
      ? [{ label, pen: { ...pen, ...grey }, ...(range ? { range } : {}) }]
      : [];
  });
}

const SVG = 'http://www.w3.org/2000/svg';

/** A piece of a line. */
function sample(pen: Pen): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const line = document.createElementNS(SVG, 'path');
  setAttributes(svg, {
    width: 18,
    height: 8,
    viewBox: '0 0 18 8',
    'aria-hidden': 'true'
  });
  setAttributes(line, {
    d: 'M1 4h16',
    stroke: pen.colour || 'currentColor',
    'stroke-width': 2.4,
    'stroke-dasharray': pen.dash.length ? pen.dash.join(' ') : null
  });
  svg.append(line);
  return svg;
}
