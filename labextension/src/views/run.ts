import {
  readRun,
  type ExperimentView,
  type Figure,
  type RunData,
  type Step,
  type Verdict
} from '../data/run.js';
import { arrange, h, setText } from './dom.js';
import { picture } from './picture.js';
import { chip, isolated, paragraph } from './run/parts.js';
import { table } from './run/table.js';
import { output, value, visible } from './text.js';

/** One part of the view, drawn again only when what it shows has changed. */
interface Part {
  key: string;
  shows: unknown;
  draw: () => HTMLElement;
}

/** An experiment and its runs as they stood when the output was written. */
export class StaticRunView {
  readonly node = h('section', { class: 'labbook labbook-run' });

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
    for (const { key, shows, draw } of describe(data)) {
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

  private _parts = new Map<string, [string, HTMLElement]>();
  private _latest = 0;
}

function describe(data: unknown): Part[] {
  try {
    return partsOf(readRun(data));
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

function partsOf({ view, svg, figures, next }: RunData): Part[] {
  const { runs, verdicts, varied, note, conclusion } = view;
  const shared = sharedParameters(view);
  const tail = runs.filter(run => run.tail).at(-1);
  const parts: (Part | false)[] = [
    {
      key: 'head',
      shows: [view.name, view.number, view.question, view.why, view.hypothesis],
      draw: () => head(view)
    },
    !!note && { key: 'note', shows: note, draw: () => paragraph('note', note) },
    verdicts.length > 0 && {
      key: 'verdicts',
      shows: verdicts,
      draw: () =>
        h('ul', { class: 'labbook-verdicts' }, ...verdicts.map(verdict))
    },
    runs.length > 0 && {
      key: 'runs',
      shows: [varied, runs.map(run => ({ ...run, tail: '' }))],
      draw: () => h('div', { class: 'labbook-scroll' }, table(view))
    },
    !!svg && {
      key: 'plot',
      shows: svg,
      draw: () => h('div', { class: 'labbook-picture' }, picture(svg, view))
    },
    shared.length > 0 && {
      key: 'parameters',
      shows: shared,
      draw: () => fold('Parameters', '', h('dl', {}, ...shared.map(parameter)))
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
          'Output',
          runs.length > 1 ? `last lines of ${tail.label}` : 'last lines',
          h('pre', { tabindex: 0 }, output(tail.tail))
        )
    },
    !!conclusion && {
      key: 'conclusion',
      shows: conclusion,
      draw: () => paragraph('conclusion', conclusion, 'Learned')
    },
    next.length > 0 && {
      key: 'next',
      shows: next,
      draw: () => h('dl', { class: 'labbook-next' }, ...next.flatMap(step))
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

function step([why, command]: Step): HTMLElement[] {
  return [
    h('dt', {}, visible(why)),
    h('dd', {}, h('code', {}, isolated(command)))
  ];
}

function head(view: ExperimentView): HTMLElement {
  const asked = view.question || view.why;
  const node = h(
    'header',
    {},
    h(
      'div',
      { class: 'labbook-name' },
      isolated(view.name),
      h('span', {}, ` ${String(view.number).padStart(4, '0')}`)
    ),
    h('h2', { dir: 'auto' }, visible(asked))
  );
  if (!view.question) {
    node.firstElementChild!.append(chip('exploring', 'quiet'));
  }
  if (view.hypothesis) {
    node.append(paragraph('hypothesis', view.hypothesis, 'Hypothesis'));
  }
  return node;
}

function verdict(each: Verdict): HTMLElement {
  const said = h('code', {}, isolated(each.prediction));
  const chance =
    each.probability === null
      ? ''
      : `expected with ${Math.round(each.probability * 100)} %`;
  const facts = [
    each.observed && `observed ${visible(each.observed)}`,
    chance,
    visible(each.reason)
  ];
  return h(
    'li',
    {},
    chip(each.outcome),
    h(
      'div',
      {},
      said,
      h('p', { dir: 'auto' }, facts.filter(fact => fact).join(' · '))
    )
  );
}

/** Parameters that no run varies, as a reader of any of them needs them. */
function sharedParameters(view: ExperimentView): [string, string][] {
  return Object.entries(view.runs[0]?.parameters ?? {})
    .filter(([name]) => !view.varied.includes(name))
    .map(([name, of]) => [name, value(of)]);
}

function parameter([name, text]: [string, string]): HTMLElement {
  return h('div', {}, h('dt', {}, isolated(name)), h('dd', {}, isolated(text)));
}

function fold(title: string, aside: string, body: HTMLElement): HTMLElement {
  const summary = h('summary', {}, title);
  const node = h('details', {}, summary, body);
  if (aside) {
    const extra = h('span', { class: 'labbook-aside' });
    setText(extra, visible(aside));
    summary.append(' ', extra);
  }
  return node;
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
