/** The parts of a digest: what is ready, what failed, what did not start. */

import type {
  Answer,
  Delay,
  Digest,
  Failure,
  Repeated,
  Result,
  Subject,
  Unconcluded
} from '../../data/digest.js';
import type { Outcome, Verdict } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h, setHidden } from '../dom.js';
import { conclusionForm } from '../panel/inline.js';
import { size } from '../picture.js';
import { chip, isolated } from '../run/parts.js';
import { duration, visible } from '../text.js';
import { clock } from './words.js';

/** What a digest can do. */
export interface PartsHost {
  readonly words: Words;
  /** Show where an experiment was run. */
  show?: (subject: Subject) => void;
  conclude(subject: Subject, text: string, was: string): Promise<void>;
}

const SIGNS: Record<Outcome, string> = {
  supported: '✓',
  refuted: '✗',
  inconclusive: '~',
  withdrawn: '−',
  pending: '…'
};

function outcomeWords(words: Words): Record<Outcome, string> {
  return {
    supported: words.__('supported'),
    refuted: words.__('refuted'),
    inconclusive: words.__('inconclusive'),
    withdrawn: words.__('withdrawn'),
    pending: words.__('pending')
  };
}

export function outcomeChip(outcome: Outcome, words: Words): HTMLElement {
  const node = chip(outcome);
  node.textContent = `${SIGNS[outcome]} ${outcomeWords(words)[outcome]}`;
  return node;
}

/** Of the line before the results of a batch. */
export const BATCH = 'labbook-batch';

/** How it went with all of a batch, before its first result; or nothing. */
export function batchLine(
  results: readonly Result[],
  at: number,
  words: Words
): HTMLElement[] {
  const { batch } = results[at]!;
  const same = at > 0 && results[at - 1]!.batch === batch;
  if (same || results.every(each => !each.batch)) {
    return [];
  }
  const own = results.filter(each => each.batch === batch);
  const outcomes = new Map<Outcome, number>();
  for (const { outcome } of own.flatMap(each => each.verdicts)) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const name = batch ? visible(batch) : words.__('in no batch');
  const count = words._n('1 experiment', '%1 experiments', own.length);
  const named = outcomeWords(words);
  const said = [...outcomes].map(
    ([each, number]) => `${number} ${named[each]}`
  );
  return [
    h(
      'li',
      { class: BATCH },
      [`${name} · ${count}`, said.join(', ')].filter(Boolean).join(': ')
    )
  ];
}

export function result(
  of: Result,
  { moment }: Digest,
  host: PartsHost
): HTMLElement {
  const { words } = host;
  const node = card(of.subject, when(of, moment), host);
  if (of.hypothesis) {
    node.append(
      h(
        'p',
        { class: 'labbook-hypothesis', dir: 'auto' },
        visible(of.hypothesis)
      )
    );
  }
  node.append(...of.verdicts.map(each => verdict(each, words)));
  if (of.values.length) {
    node.append(
      facts(of.values.map(([name, value]) => [visible(name), value]))
    );
  }
  if (of.svg) {
    node.append(plot(of, words));
  }
  if (of.impact) {
    node.append(h('p', { dir: 'auto' }, visible(of.impact)));
  }
  node.append(learned(of.subject, of.conclusion, host));
  return node;
}

export function repeated(of: Repeated): HTMLElement {
  const lines = [...of.pairs, of.more].filter(line => line);
  return h(
    'li',
    { class: 'labbook-told' },
    h('h4', { dir: 'auto' }, visible(of.why)),
    ...of.changes.map(([prediction, change]) =>
      h(
        'p',
        { dir: 'auto' },
        h('code', {}, visible(prediction)),
        ` ${visible(change)}`
      )
    ),
    ...lines.map(line => h('p', { class: 'labbook-aside' }, visible(line))),
    h('p', {}, h('code', {}, visible(of.verb)))
  );
}

export function failure(
  of: Failure,
  { moment }: Digest,
  host: PartsHost
): HTMLElement {
  const { words } = host;
  const node = card(of.subject, clock(of.ended, moment), host);
  const word = chip(of.state);
  word.textContent = `✗ ${visible(of.state)}`;
  const count = words._n('one run', '%1 runs', of.runs.length);
  node.append(
    h(
      'p',
      { dir: 'auto' },
      word,
      ` ${count}${of.reason ? `: ${visible(of.reason)}` : ''}`
    )
  );
  if (of.followed.length) {
    const went = of.followed.map(visible).join(', ');
    node.append(h('p', {}, words.__('Gone on as run %1.', went)));
  }
  if (of.tail.length) {
    node.append(
      h(
        'details',
        {},
        h('summary', {}, words.__('Last lines')),
        h('pre', { tabindex: 0 }, of.tail.map(visible).join('\n'))
      )
    );
  }
  return node;
}

export function delay(of: Delay, host: PartsHost): HTMLElement {
  const { words } = host;
  const node = card(of.subject, visible(of.when), host);
  const count = words._n('one run', '%1 runs', of.runs.length);
  node.append(h('p', { dir: 'auto' }, `${count}: ${visible(of.sentence)}`));
  return node;
}

export function unconcluded(
  of: Unconcluded,
  { moment }: Digest,
  host: PartsHost
): HTMLElement {
  const node = card(of.subject, clock(of.ended, moment), host);
  node.append(
    h(
      'div',
      { class: 'labbook-facts' },
      ...of.outcomes.map(each => outcomeChip(each, host.words))
    ),
    learned(of.subject, of.conclusion, host)
  );
  return node;
}

export function answer(of: Answer, host: PartsHost): HTMLElement {
  const node = card(of.subject, '', host);
  node.prepend(h('p', { dir: 'auto' }, h('b', {}, visible(of.text))));
  node.append(
    h(
      'div',
      { class: 'labbook-facts' },
      ...of.outcomes.map(each => outcomeChip(each, host.words))
    )
  );
  return node;
}

function card(subject: Subject, aside: string, host: PartsHost): HTMLElement {
  const { words } = host;
  const name = h(
    'span',
    {},
    isolated(subject.name),
    ` ${String(subject.number).padStart(4, '0')}`,
    subject.exploring ? words.__(' · exploring') : ''
  );
  const title = visible(subject.title);
  const show = h(
    'button',
    {
      type: 'button',
      class: 'labbook-title',
      title: words.__('Show the notebook')
    },
    title
  );
  show.addEventListener('click', () => host.show?.(subject));
  return h(
    'li',
    { class: 'labbook-told' },
    h('div', { class: 'labbook-told-head' }, name, h('span', {}, aside)),
    h('h4', { dir: 'auto' }, host.show ? show : title)
  );
}

function when({ ended, seconds, states }: Result, now: string): string {
  const runs = Object.values(states).reduce((sum, each) => sum + each, 0);
  const parts = [
    runs > 1 ? `${runs}×` : '',
    seconds === null ? '' : duration(seconds),
    clock(ended, now)
  ];
  return parts.filter(part => part).join(' · ');
}

function verdict(of: Verdict, words: Words): HTMLElement {
  const rows: [string, string][] = [];
  if (of.observed) {
    rows.push([words.__('observed'), of.observed]);
  }
  if (of.probability !== null) {
    const percent = Math.round(of.probability * 100);
    rows.push([words.__('given'), words.__('%1 %', percent)]);
  }
  const node = h(
    'div',
    { class: 'labbook-judged' },
    outcomeChip(of.outcome, words),
    facts([[words.__('predicted'), of.prediction, true], ...rows])
  );
  if (of.reason) {
    node.append(
      h('p', { class: 'labbook-aside', dir: 'auto' }, visible(of.reason))
    );
  }
  return node;
}

function facts(
  rows: readonly (readonly [string, string, boolean?])[]
): HTMLElement {
  return h(
    'dl',
    { class: 'labbook-pairs' },
    ...rows.flatMap(([name, value, code]) => [
      h('dt', {}, name),
      h('dd', {}, code ? h('code', {}, isolated(value)) : isolated(value))
    ])
  );
}

function plot({ svg, subject }: Result, words: Words): HTMLImageElement {
  const [width, height] = size(svg);
  const sound = svg.replace(/\p{Surrogate}/gu, '\ufffd');
  return h('img', {
    class: 'labbook-small-plot',
    src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sound)}`,
    alt: words.__('Plot of %1', visible(subject.name)),
    ...{ width, height }
  });
}

/** What was learned, or a place to write it. */
function learned(
  subject: Subject,
  conclusion: string,
  host: PartsHost
): HTMLElement {
  const { words } = host;
  const node = h('div', { class: 'labbook-learning' });
  if (conclusion) {
    node.append(
      h('p', { class: 'labbook-known-now', dir: 'auto' }, visible(conclusion))
    );
    return node;
  }
  const ask = h(
    'button',
    { type: 'button', class: 'labbook-push' },
    words.__('Conclude')
  );
  const place = h('div', {});
  ask.setAttribute(
    'aria-label',
    words.__('Conclude %1', visible(subject.name))
  );
  ask.addEventListener('click', () => {
    const form = conclusionForm(
      '',
      words,
      text => host.conclude(subject, text, ''),
      () => {
        place.replaceChildren();
        setHidden(ask, false);
        ask.focus();
      }
    );
    setHidden(ask, true);
    place.replaceChildren(form.node);
    form.focus();
  });
  node.append(ask, place);
  return node;
}
