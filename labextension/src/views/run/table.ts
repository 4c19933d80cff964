import type { ExperimentView, RunView } from '../../data/run.js';
import { h } from '../dom.js';
import { duration, number, value, visible } from '../text.js';
import { chip, isolated, paragraph } from './parts.js';

/** A line for each run: what varies, where it stands, and its last values. */
export function table(view: ExperimentView): HTMLElement {
  const finals = [...new Set(view.runs.flatMap(run => Object.keys(run.final)))];
  const names = ['Run', ...view.varied, 'State', 'Time', ...finals];
  const numbers = new Set(['Time', ...finals]);
  const seeds = new Set(view.runs.map(run => run.seed)).size > 1;
  if (seeds) {
    names.splice(1 + view.varied.length, 0, 'seed');
  }
  const header = names.map(name =>
    h(
      'th',
      { scope: 'col', class: numbers.has(name) && 'labbook-number' },
      isolated(name)
    )
  );
  const rows = view.runs.map(run =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, isolated(run.label)),
      ...view.varied.map(name =>
        h('td', {}, isolated(value(run.parameters[name] ?? null)))
      ),
      ...(seeds ? [h('td', {}, String(run.seed))] : []),
      h('td', {}, ...state(run)),
      cell(run.seconds === null ? '' : duration(run.seconds)),
      ...finals.map(name =>
        cell(name in run.final ? number(run.final[name]!) : '')
      )
    )
  );
  return h(
    'table',
    {},
    h('thead', {}, h('tr', {}, ...header)),
    h('tbody', {}, ...rows)
  );
}

function state(run: RunView): HTMLElement[] {
  const nodes = [chip(run.state)];
  const { progress } = run;
  if (progress && run.state === 'running') {
    const { done, total, remaining } = progress;
    if (total) {
      nodes.push(
        h('progress', {
          max: total,
          value: Math.min(done, total),
          'aria-label': `Progress of run ${visible(run.label)}`
        })
      );
    }
    const words = [
      progress.text
        ? visible(progress.text)
        : total
          ? `${done} of ${total}`
          : '',
      remaining === null ? '' : `${duration(remaining)} left`
    ];
    nodes.push(paragraph('reason', words.filter(word => word).join(' · ')));
  } else if (run.reason) {
    nodes.push(paragraph('reason', run.reason));
  }
  return nodes;
}

function cell(text: string): HTMLElement {
  return h('td', { class: 'labbook-number' }, text);
}
