import type { Finding, Preflight, QueueSource } from '../../data/queue.js';
import type { Words } from '../../data/words.js';
import { h, setAttributes, setHidden, setText } from '../dom.js';
import { chip } from '../run/parts.js';
import { visible } from '../text.js';
import { local, SEVERITY_TONES, severityWords } from './words.js';

/** What would spoil the night, each with what mends it. */
export class FindingsView {
  readonly node: HTMLElement;

  constructor(
    private _source: QueueSource,
    private _words: Words,
    private _say: (sentence: string) => void
  ) {
    this._which.setAttribute('aria-label', _words.__('What to check'));
    this._check = h(
      'button',
      { type: 'button', class: 'labbook-push' },
      _words.__('Check the night')
    );
    this._check.addEventListener('click', () => void this._begin());
    this._bar.setAttribute('aria-label', _words.__('Checking'));
    this.node = h(
      'section',
      { class: 'labbook-preflight', 'aria-label': _words.__('Pre-flight') },
      h('div', { class: 'labbook-checking' }, this._check, this._which),
      h('p', { class: 'labbook-looked', role: 'status' }, this._standing),
      h('div', { class: 'labbook-measure' }, this._bar),
      this._note,
      this._list
    );
  }

  /** Show what is known; nothing where nothing waits. */
  draw(): void {
    const { preflight, queue } = this._source;
    const waits = queue?.entries.some(({ state }) => state === 'waiting');
    setHidden(this.node, !waits && !preflight?.underway);
    this._drawBatches(queue?.batches ?? []);
    setAttributes(this._check, {
      'aria-disabled': preflight?.underway ? 'true' : null
    });
    setHidden(this._bar, !preflight?.underway);
    setText(this._standing, this._standingWords(preflight));
    const findings = preflight?.findings ?? [];
    const stamp = JSON.stringify(findings);
    if (stamp !== this._stamp) {
      this._stamp = stamp;
      this._list.replaceChildren(...findings.map(each => this._finding(each)));
      setHidden(this._list, !findings.length);
    }
  }

  private _standingWords(preflight: Preflight | null): string {
    const words = this._words;
    if (!preflight) {
      return '';
    }
    if (preflight.underway) {
      return words.__('%1 …', visible(preflight.step) || words.__('Looking'));
    }
    if (preflight.problem) {
      return visible(preflight.problem);
    }
    if (!preflight.time) {
      return words.__(
        'Try each script for a minute now, and see what lacks or does not fit.'
      );
    }
    const now = this._source.queue?.moment ?? preflight.time;
    const parts = [words.__('Checked %1', local(preflight.time, now))];
    if (!preflight.findings.length) {
      parts.push(words.__('nothing was found'));
    }
    if (preflight.unchecked) {
      parts.push(
        words._n(
          'one experiment is not checked yet',
          '%1 experiments are not checked yet',
          preflight.unchecked
        )
      );
    }
    return parts.join(' · ');
  }

  private _drawBatches(batches: readonly string[]): void {
    const stamp = JSON.stringify(batches);
    if (stamp === this._batches) {
      return;
    }
    this._batches = stamp;
    const chosen = this._which.value;
    this._which.replaceChildren(
      h('option', { value: '' }, this._words.__('all')),
      ...batches.map(name => h('option', { value: name }, visible(name)))
    );
    this._which.value = batches.includes(chosen) ? chosen : '';
    setHidden(this._which, !batches.length);
  }

  private _finding(finding: Finding): HTMLElement {
    const { severity, kind, sentence, detail, remedy } = finding;
    const words = this._words;
    const word = chip('', SEVERITY_TONES[severity]);
    word.textContent = severityWords(severity, words);
    const node = h(
      'li',
      { class: 'labbook-finding', 'data-severity': severity },
      h('div', { class: 'labbook-facts' }, word, h('b', {}, visible(kind))),
      h('p', { dir: 'auto' }, visible(sentence))
    );
    if (detail) {
      node.append(
        h(
          'details',
          {},
          h('summary', {}, words.__('Output')),
          h('pre', { tabindex: 0 }, visible(detail))
        )
      );
    }
    if (remedy) {
      node.append(this._remedy(finding));
    }
    return node;
  }

  private _remedy({ remedy }: Finding): HTMLElement {
    const words = this._words;
    const [verb = '', act = ''] = remedy.split(' ');
    const known: Record<string, string> = {
      ablate: words.__('Queue it'),
      stop: words.__('Take it out'),
      rerun: words.__('Run again'),
      preflight: words.__('Check again'),
      queue: act === 'now' ? words.__('Run now') : words.__('Do it')
    };
    const button = h(
      'button',
      { type: 'button', class: 'labbook-push' },
      known[verb] ?? words.__('Do it')
    );
    const command = h('code', {}, visible(`labbook ${remedy}`));
    const note = h('p', { class: 'labbook-note', role: 'alert', hidden: true });
    button.addEventListener('click', () => {
      if (button.getAttribute('aria-disabled') === 'true') {
        return;
      }
      setAttributes(button, { 'aria-disabled': 'true' });
      setHidden(note, true);
      this._source
        .mend(remedy)
        .then(told => {
          this._say(visible(told));
          // The finding is gone, and its button with it.
          this._check.focus();
        })
        .catch((error: unknown) => {
          setAttributes(button, { 'aria-disabled': null });
          setText(note, error instanceof Error ? error.message : String(error));
          setHidden(note, false);
        });
    });
    return h('div', { class: 'labbook-remedy' }, button, command, note);
  }

  private async _begin(): Promise<void> {
    if (this._source.preflight?.underway) {
      return;
    }
    setHidden(this._note, true);
    try {
      await this._source.check(this._which.value);
    } catch (error) {
      setText(
        this._note,
        error instanceof Error ? error.message : String(error)
      );
      setHidden(this._note, false);
    }
  }

  private _check: HTMLButtonElement;
  private _which = h('select', { class: 'labbook-field', hidden: true });
  private _standing = h('span', {});
  private _bar = h('progress', { hidden: true });
  private _note = h('p', {
    class: 'labbook-note',
    role: 'alert',
    hidden: true
  });
  private _list = h('ul', { class: 'labbook-findings', hidden: true });
  private _stamp = '[]';
  private _batches = '';
}
