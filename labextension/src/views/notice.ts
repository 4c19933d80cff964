import type { Notice } from '../data/endings.js';
import type { Words } from '../data/words.js';
import { stateWord } from './panel/words.js';
import { visible } from './text.js';

/** What a notification says, such as `wider-forest: supported`. */
export function noticeWords(notice: Notice, words: Words): string {
  const { ended, failed, verdicts } = notice;
  const said = [...new Set(verdicts)].map(
    outcome =>
      ({
        supported: words.__('supported'),
        refuted: words.__('refuted'),
        inconclusive: words.__('inconclusive'),
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

/** What the status bar says, such as `2 running, 5 waiting`. */
export function countWords(
  counts: Readonly<Record<string, number>>,
  words: Words
): string {
  const running = counts.running ?? 0;
  const waiting = (counts.waiting ?? 0) + (counts.held ?? 0);
  const parts = [
    running ? words.__('%1 running', running) : '',
    waiting ? words.__('%1 waiting', waiting) : ''
  ];
  return parts.filter(part => part).join(', ') || words.__('Labbook');
}
