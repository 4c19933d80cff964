/** What the live and the static run view draw in the same way. */

import type { ExperimentView, Step, Verdict } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h, setText } from '../dom.js';
import { value, visible } from '../text.js';

const TONES: Record<string, string> = {
  supported: 'good',
  refuted: 'bad',
  inconclusive: 'warn',
  withdrawn: 'warn',
  tainted: 'warn',
  finished: 'good',
  failed: 'bad',
  lost: 'bad',
  running: 'accent',
  held: 'warn'
};

export function paragraph(kind: string, text: string, label = ''): HTMLElement {
  const node = h('p', { class: `labbook-${kind}`, dir: 'auto' }, visible(text));
  if (label) {
    node.prepend(h('span', { class: 'labbook-label' }, label), ' ');
  }
  return node;
}

export function chip(word: string, tone?: string): HTMLElement {
  const node = h('span', { class: 'labbook-chip' });
  retouch(node, word, tone);
  return node;
}

/** Give a chip another word, and the colour that goes with it. */
export function retouch(
  node: HTMLElement,
  word: string,
  tone = TONES[word] ?? 'quiet'
): void {
  setText(node, visible(word));
  if (node.dataset.tone !== tone) {
    node.dataset.tone = tone;
  }
}

export function isolated(text: string): HTMLElement {
  return h('bdi', {}, visible(text));
}

/** Name, question and hypothesis; marked where nothing was asked. */
export function head(view: ExperimentView, trans: Words): HTMLElement {
  const name = h(
    'div',
    { class: 'labbook-name' },
    isolated(view.name),
    h('span', {}, ` ${String(view.number).padStart(4, '0')}`)
  );
  const asked = view.question || view.why || view.name;
  const node = h('header', {}, name, h('h2', { dir: 'auto' }, visible(asked)));
  if (!view.question) {
    name.append(chip(trans.__('exploring'), 'quiet'));
  }
  for (const tag of view.tags) {
    name.append(h('span', { class: 'labbook-tag' }, isolated(tag)));
  }
  if (view.hypothesis) {
    node.append(
      paragraph('hypothesis', view.hypothesis, trans.__('Hypothesis'))
    );
  }
  if (view.impact) {
    node.append(paragraph('hypothesis', view.impact, trans.__('Impact')));
  }
  return node;
}

export function verdicts(
  all: readonly Verdict[],
  trans: Words
): HTMLUListElement {
  return h(
    'ul',
    { class: 'labbook-verdicts', 'aria-label': trans.__('Predictions') },
    ...all.map(each => verdict(each, trans))
  );
}

function verdict(each: Verdict, trans: Words): HTMLElement {
  const facts = [
    each.observed && trans.__('observed %1', visible(each.observed)),
    // The plot's bands are another spread.
    each.observed.includes('±') && trans.__('± is the 95 % interval'),
    each.probability !== null &&
      trans.__('expected with %1 %', Math.round(each.probability * 100)),
    visible(each.reason)
  ];
  return h(
    'li',
    {},
    chip(each.outcome),
    h(
      'div',
      {},
      h('code', {}, isolated(each.prediction)),
      h('p', { dir: 'auto' }, facts.filter(fact => fact).join(' · '))
    )
  );
}

/** Parameters that no run varies, as a reader of any of them needs them. */
export function sharedParameters(view: ExperimentView): [string, string][] {
  return Object.entries(view.runs[0]?.parameters ?? {})
    .filter(([name]) => !view.varied.includes(name))
    .map(([name, of]) => [name, value(of)]);
}

/** Names with what they stand for. */
export function pairs(all: readonly [string, string][]): HTMLElement {
  return h(
    'dl',
    {},
    ...all.map(([name, text]) =>
      h('div', {}, h('dt', {}, isolated(name)), h('dd', {}, isolated(text)))
    )
  );
}

export function fold(
  title: string,
  aside: string,
  body: HTMLElement
): HTMLDetailsElement {
  const summary = h('summary', {}, title);
  const node = h('details', {}, summary, body);
  if (aside) {
    summary.append(' ', h('span', { class: 'labbook-aside' }, visible(aside)));
  }
  return node;
}

/** What could be done next, as commands; `extra` adds to each. */
export function steps(
  all: readonly Step[],
  extra: (command: string) => (Node | string)[] = () => []
): HTMLElement {
  return h(
    'dl',
    { class: 'labbook-next' },
    ...all.flatMap(([why, command]) => [
      h('dt', {}, visible(why)),
      h('dd', {}, h('code', {}, isolated(command)), ...extra(command))
    ])
  );
}
