import type { Digest, DigestSource, Subject } from '../../data/digest.js';
import type { Words } from '../../data/words.js';
import { h, setAttributes, setHidden, setText } from '../dom.js';
import { visible } from '../text.js';
import {
  answer,
  BATCH,
  batchLine,
  delay,
  failure,
  repeated,
  result,
  type PartsHost,
  unconcluded
} from './digestParts.js';
import { strip } from './strip.js';
import { clock } from './words.js';

export interface DigestHost {
  show?: (subject: Subject) => void;
  conclude(experiment: string, text: string, was: string): Promise<void>;
  say(sentence: string): void;
  /** It has been read. */
  done(): void;
}

/** Earlier results that want a conclusion: more of them are no morning's work. */
const MOST_UNCONCLUDED = 8;

/** What happened in the night, and what it taught. */
export class DigestView {
  readonly node: HTMLElement;

  constructor(
    private _source: DigestSource,
    private _words: Words,
    private _host: DigestHost
  ) {
    this._read = h(
      'button',
      { type: 'button', class: 'labbook-push labbook-main-push' },
      _words.__('Mark as read')
    );
    this._read.addEventListener('click', () => void this._mark());
    this.node = h(
      'div',
      { class: 'labbook-digest' },
      h('header', {}, this._greeting, this._headline, this._facts),
      this._body,
      this._note,
      h('div', { class: 'labbook-pushes' }, this._read)
    );
    this._unsubscribe = _source.subscribe(() => this.draw());
    this.draw();
  }

  dispose(): void {
    this._unsubscribe();
  }

  draw(): void {
    const { digest, problem } = this._source;
    const words = this._words;
    setText(this._note, visible(problem));
    setHidden(this._note, !problem);
    if (!digest) {
      setText(this._headline, words.__('Looking at the night …'));
      setHidden(this._read, true);
      return;
    }
    setText(this._greeting, visible(digest.good));
    setText(this._headline, visible(digest.headline));
    setText(this._facts, this._period(digest));
    setHidden(this._read, !digest.unread);
    // What someone writes here is not taken away; the next look shows the rest.
    const writing = this._body.querySelector('textarea') !== null;
    const stamp = JSON.stringify({ ...digest, moment: '', unread: true });
    if (stamp !== this._stamp && !writing) {
      this._stamp = stamp;
      this._body.replaceChildren(...this._parts(digest));
    }
  }

  private _period({ since, moment, read }: Digest): string {
    const words = this._words;
    return read
      ? words.__('Read %1', clock(read, moment))
      : words.__('Since %1', clock(since, moment));
  }

  private _parts(digest: Digest): HTMLElement[] {
    const words = this._words;
    const host: PartsHost = {
      words,
      ...(this._host.show && { show: this._host.show }),
      conclude: (subject, text, was) => this._conclude(subject, text, was)
    };
    const { totals } = digest;
    const left = digest.unconcluded.slice(0, MOST_UNCONCLUDED);
    return [
      ...(digest.experiments ? [strip(digest, words)] : []),
      section(
        words.__('Ready'),
        digest.results.flatMap((each, at, all) => [
          ...batchLine(all, at, words),
          result(each, digest, host)
        ]),
        totals.results
      ),
      section(words.__('Run again'), digest.repeated.map(repeated)),
      section(
        words.__('Failed'),
        digest.failures.map(each => failure(each, digest, host)),
        totals.failures
      ),
      section(
        words.__('Searched meanwhile'),
        digest.searches.map(each =>
          h('li', { class: 'labbook-told' }, visible(each))
        )
      ),
      section(
        words.__('Did not start'),
        [
          ...digest.delays.map(each => delay(each, host)),
          ...digest.absences.map(({ begin, end }) => {
            const [from, to] = [begin, end].map(at => clock(at, digest.moment));
            const told = words.__(
              'Nobody served the queue from %1 to %2: the machine slept, or was off.',
              from!,
              to!
            );
            return h('li', { class: 'labbook-told' }, h('p', {}, told));
          })
        ],
        totals.delays
      ),
      section(
        words.__('Answered in your plan'),
        digest.answers.map(each => answer(each, host)),
        totals.answers
      ),
      section(
        words.__('Wants a conclusion'),
        left.map(each => unconcluded(each, digest, host)),
        totals.unconcluded
      ),
      section(
        '',
        digest.problems.map(each => h('li', {}, visible(each)))
      )
    ].filter(part => part !== null);
  }

  private async _conclude(
    subject: Subject,
    text: string,
    was: string
  ): Promise<void> {
    await this._host.conclude(subject.experiment, text, was);
    this._host.say(this._words.__('Conclusion stored.'));
    this._source.refresh();
  }

  private async _mark(): Promise<void> {
    setAttributes(this._read, { 'aria-disabled': 'true' });
    try {
      await this._source.read();
      this._host.say(this._words.__('Marked as read.'));
      this._host.done();
    } catch (error) {
      setText(
        this._note,
        error instanceof Error ? error.message : String(error)
      );
      setHidden(this._note, false);
    } finally {
      setAttributes(this._read, { 'aria-disabled': null });
    }
  }

  private _read: HTMLButtonElement;
  private _greeting = h('p', { class: 'labbook-aside' });
  private _headline = h('h2', {});
  private _facts = h('p', { class: 'labbook-aside' });
  private _body = h('div', {});
  private _note = h('p', {
    class: 'labbook-note',
    role: 'alert',
    hidden: true
  });
  private _stamp = '';
  private _unsubscribe: () => void;
}

/** Parts below a heading that counts them; null where there is none. */
function section(
  title: string,
  parts: readonly HTMLElement[],
  total = 0
): HTMLElement | null {
  if (!parts.length) {
    return null;
  }
  const lines = parts.filter(each => each.classList.contains(BATCH)).length;
  const count = Math.max(total, parts.length - lines);
  return h(
    'section',
    {},
    ...(title
      ? [
          h(
            'h3',
            {},
            title,
            ' ',
            h('span', { class: 'labbook-count' }, String(count))
          )
        ]
      : []),
    h('ul', {}, ...parts)
  );
}
