import { readRun, type Figure, type RunData } from '../data/run.js';
import { english, type Words } from '../data/words.js';
import { arrange, h } from './dom.js';
import { picture } from './picture.js';
import { checkedNode } from './run/checked.js';
import {
  fold,
  head,
  isolated,
  pairs,
  paragraph,
  sharedParameters,
  steps,
  verdicts
} from './run/parts.js';
import { table } from './run/table.js';
import { output, visible } from './text.js';

/** One part of the view, drawn again only when what it shows has changed. */
interface Part {
  key: string;
  shows: unknown;
  draw: () => HTMLElement;
}

/** An experiment and its runs as they stood when the output was written. */
export class StaticRunView {
  readonly node = h('section', { class: 'labbook labbook-run' });

  constructor(trans: Words = english) {
    this._trans = trans;
  }

  /**
   * Show what an output holds, in place of what was shown before.
   *
   * Data that cannot be read gives one sentence. The promise resolves when the
   * new plot is decoded and on the page: until then the old one stays, so that
   * an update does not flicker. A later call outruns an earlier one.
   */
  async update(data: unknown): Promise<void> {
    this._latest += 1;
    const turn = this._latest;
    const parts = new Map<string, [string, HTMLElement]>();
    for (const { key, shows, draw } of describe(data, this._trans)) {
      const stamp = JSON.stringify(shows);
      const old = this._parts.get(key);
      parts.set(key, old?.[0] === stamp ? old : [stamp, draw()]);
    }
    const image = parts.get('plot')?.[1].querySelector('img');
    if (image && !image.isConnected) {
      // A plot that cannot be decoded shows its description instead.
      await image.decode?.().catch(() => undefined);
    }
    if (turn === this._latest) {
      this._swap(parts);
    }
  }

  private _swap(parts: Map<string, [string, HTMLElement]>): void {
    for (const [key, [, node]] of parts) {
      const old = this._parts.get(key)?.[1];
      if (old && old !== node) {
        keepReading(old, node);
      }
    }
    this._parts = parts;
    arrange(
      this.node,
      [...parts.values()].map(([, node]) => node)
    );
    for (const log of this.node.querySelectorAll('pre')) {
      if (!log.dataset.read) {
        log.scrollTop = log.scrollHeight;
      }
    }
  }

  private _trans: Words;
  private _parts = new Map<string, [string, HTMLElement]>();
  private _latest = 0;
}

function describe(data: unknown, trans: Words): Part[] {
  try {
    return partsOf(readRun(data), trans);
  } catch (error) {
    const sentence = (error as Error).message;
    return [
      {
        key: 'problem',
        shows: sentence,
        draw: () =>
          h('p', { class: 'labbook-problem', role: 'alert' }, sentence)
      }
    ];
  }
}

function partsOf({ view, svg, figures, next }: RunData, trans: Words): Part[] {
  const { runs, varied, note, conclusion } = view;
  const shared = sharedParameters(view);
  const tail = runs.filter(run => run.tail).at(-1);
  const parts: (Part | false)[] = [
    {
      key: 'head',
      shows: {
        ...view,
        runs: [],
        verdicts: [],
        note: '',
        conclusion: '',
        checked: null
      },
      draw: () => head(view, trans)
    },
    !!note && { key: 'note', shows: note, draw: () => paragraph('note', note) },
    view.checked !== null && {
      key: 'checked',
      shows: view.checked,
      draw: () => checkedNode(view.checked!, view.name, trans)
    },
    view.verdicts.length > 0 && {
      key: 'verdicts',
      shows: view.verdicts,
      draw: () => verdicts(view.verdicts, trans)
    },
    runs.length > 0 && {
      key: 'runs',
      shows: [varied, runs.map(run => ({ ...run, tail: '' }))],
      draw: () => h('div', { class: 'labbook-scroll' }, table(view, trans))
    },
    !!svg && {
      key: 'plot',
      shows: svg,
      draw: () => h('div', { class: 'labbook-picture' }, picture(svg, view))
    },
    shared.length > 0 && {
      key: 'parameters',
      shows: shared,
      draw: () => fold(trans.__('Parameters'), '', pairs(shared))
    },
    figures.length > 0 && {
      key: 'figures',
      shows: figures,
      draw: () => h('div', { class: 'labbook-figures' }, ...figures.map(figure))
    },
    tail !== undefined && {
      key: 'log',
      shows: [tail.label, tail.tail],
      draw: () =>
        fold(
          trans.__('Output'),
          runs.length > 1
            ? trans.__('last lines of %1', tail.label)
            : trans.__('last lines'),
          h('pre', { tabindex: 0 }, output(tail.tail))
        )
    },
    !!conclusion && {
      key: 'conclusion',
      shows: conclusion,
      draw: () => paragraph('conclusion', conclusion, trans.__('Learned'))
    },
    next.length > 0 && {
      key: 'next',
      shows: next,
      draw: () => steps(next)
    }
  ];
  return parts.filter(part => part !== false);
}

/** A picture with its name, or the name alone where it did not come along. */
function figure({ name, uri }: Figure): HTMLElement {
  const caption = h('figcaption', {}, isolated(name));
  return uri
    ? h('figure', {}, h('img', { src: uri, alt: visible(name) }), caption)
    : h('figure', {}, caption);
}

/** Carry over what a reader has unfolded, and where in the output they read. */
function keepReading(old: HTMLElement, node: HTMLElement): void {
  if (old instanceof HTMLDetailsElement) {
    (node as HTMLDetailsElement).open = old.open;
  }
  const before = old.querySelector('pre');
  const after = node.querySelector('pre');
  if (before && after) {
    const atEnd =
      before.scrollTop + before.clientHeight >= before.scrollHeight - 4;
    if (!atEnd) {
      after.dataset.read = 'true';
      const top = before.scrollTop;
      requestAnimationFrame(() => (after.scrollTop = top));
    }
  }
}
