import type { Notice } from '../data/endings.js';
import type { Looked } from '../data/labbook.js';
import type { Words } from '../data/words.js';
import { stateWord } from './panel/words.js';
import { visible } from './text.js';

/** Experiments that a notification names. */
const MOST_NAMES = 3;

/** What a notification says, such as `wider-forest: supported`. */
export function noticeWords(notice: Notice, words: Words): string {
  const { ended, failed, verdicts } = notice;
  const said = [...new Set(verdicts)].map(
    outcome =>
      ({
        supported: words.__('supported'),
        refuted: words.__('refuted'),
        inconclusive: words.__('inconclusive'),
        withdrawn: words.__('withdrawn'),
        pending: ''
      })[outcome]
  );
  const parts =
    failed > 0
      ? [
          words._n('a run failed', '%1 runs failed', failed),
          ...said,
          visible(ended.reason)
        ]
      : said.length
        ? said
        : [stateWord(ended.state, words)];
  const sentence = parts.filter(part => part).join(', ');
  return `${visible(ended.name)}: ${sentence}`;
}

/** What pre-flight found, such as `forest: 1 problem, 2 warnings before it starts`. */
export function lookedWords(looked: Looked, words: Words): string {
  const { names, problems, warnings } = looked;
  const counts = [
    problems ? words._n('1 problem', '%1 problems', problems) : '',
    warnings ? words._n('1 warning', '%1 warnings', warnings) : ''
  ].filter(count => count);
  const shown = names.slice(0, MOST_NAMES).map(visible).join(', ');
  const more = names.length - MOST_NAMES;
  const which = more > 0 ? words.__('%1 and %2 more', shown, more) : shown;
  return words._n(
    '%2: %3 before it starts',
    '%2: %3 before they start',
    names.length,
    which,
    counts.join(', ')
  );
}

/** How many runs are to end, such as `Runs: 2 running, 5 waiting`; or nothing. */
export function countWords(
  counts: Readonly<Record<string, number>>,
  words: Words
): string {
  const of = (...states: string[]): number =>
    states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const running = of('running');
  const unknown = of('unknown');
  const waiting = of('waiting', 'held', 'registered');
  const parts = [
    running ? words.__('%1 running', running) : '',
    unknown ? words.__('%1 unknown', unknown) : '',
    waiting ? words.__('%1 waiting', waiting) : ''
  ].filter(part => part);
  return parts.length ? words.__('Runs: %1', parts.join(', ')) : '';
}
