/** What was found before the runs of an experiment start. */

import type { Checked, Finding } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { h } from '../dom.js';
import { visible } from '../text.js';
import { chip, fold, isolated } from './parts.js';

/** Findings that are shown; more are no view of a run any more. */
const MOST = 6;

const TONES = { problem: 'bad', warning: 'warn', note: 'quiet' } as const;

/**
 * How far looking has come, and each finding with the command that mends it.
 *
 * @param extra - adds to each command, such as a button that copies it.
 */
export function checkedNode(
  { state, reason, findings }: Checked,
  name: string,
  trans: Words,
  extra: (command: string) => (Node | string)[] = () => []
): HTMLElement {
  const more = findings.length - MOST;
  const counts = countWords(findings, trans);
  const node = h(
    'section',
    { class: 'labbook-checked', 'aria-label': trans.__('Before it starts') },
    h('p', { dir: 'auto' }, headWords(state, reason, counts, trans))
  );
  if (state === 'broken-off') {
    node.append(mends(`preflight ${name}`, extra));
  }
  if (findings.length) {
    node.append(
      h(
        'ul',
        {},
        ...findings.slice(0, MOST).map(each => finding(each, trans, extra))
      )
    );
  }
  if (more > 0) {
    node.append(h('p', {}, trans.__('and %1 more', more)));
  }
  return node;
}

function headWords(
  state: Checked['state'],
  reason: string,
  counts: string,
  trans: Words
): string {
  const earlier = counts && trans.__('Found before: %1.', counts);
  switch (state) {
    case 'done':
      return counts
        ? trans.__('Before it starts: %1.', counts)
        : trans.__('Looked into before it starts: nothing was found.');
    case 'under-way':
      return [trans.__('It is being looked into before it starts.'), earlier]
        .filter(part => part)
        .join(' ');
    case 'broken-off':
      return [
        reason
          ? trans.__(
              'Checking did not end (%1); look again with the command.',
              visible(reason).replace(/\.$/, '')
            )
          : trans.__('Checking did not end; look again with the command.'),
        earlier
      ]
        .filter(part => part)
        .join(' ');
  }
}

function countWords(findings: readonly Finding[], trans: Words): string {
  const of = (severity: Finding['severity']): number =>
    findings.filter(each => each.severity === severity).length;
  const [problems, warnings, notes] = [
    of('problem'),
    of('warning'),
    of('note')
  ];
  return [
    problems ? trans._n('1 problem', '%1 problems', problems) : '',
    warnings ? trans._n('1 warning', '%1 warnings', warnings) : '',
    notes ? trans._n('1 note', '%1 notes', notes) : ''
  ]
    .filter(part => part)
    .join(', ');
}

function finding(
  { severity, sentence, remedy, detail }: Finding,
  trans: Words,
  extra: (command: string) => (Node | string)[]
): HTMLElement {
  const word = {
    problem: trans.__('problem'),
    warning: trans.__('warning'),
    note: trans.__('note')
  }[severity];
  const node = h(
    'li',
    {},
    chip(word, TONES[severity]),
    h('div', {}, h('p', { dir: 'auto' }, visible(sentence)))
  );
  const body = node.lastElementChild!;
  if (remedy) {
    body.append(mends(remedy, extra));
  }
  if (detail) {
    const lines = h('pre', { tabindex: 0 }, visible(detail));
    body.append(fold(trans.__('Output'), '', lines));
  }
  return node;
}

function mends(
  verb: string,
  extra: (command: string) => (Node | string)[]
): HTMLElement {
  const command = `%labbook ${verb}`;
  return h(
    'div',
    { class: 'labbook-mends' },
    h('code', {}, isolated(command)),
    ...extra(command)
  );
}
