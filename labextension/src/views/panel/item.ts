import type { ExperimentRow, Group } from '../../data/labbook.js';
import type { Words } from '../../data/words.js';
import { focused, h, icon, setAttributes, setText } from '../dom.js';
import { visible } from '../text.js';
import { progressLine, stateChips, verdictChips } from './facts.js';
import { conclusionForm, confirmation } from './inline.js';
import { asked, liveRuns, moment } from './words.js';

/** What can be done with an experiment in a list. */
export interface ItemHost {
  readonly words: Words;
  open: (row: ExperimentRow) => void;
  stop(experiment: string): Promise<void>;
  rerun(experiment: string): Promise<void>;
  conclude(experiment: string, text: string, was: string): Promise<void>;
  /** Say something without showing it. */
  say(sentence: string): void;
}

type Tool = 'open' | 'stop' | 'rerun' | 'pen';

/** One experiment in a group of the list of runs. */
export class ItemView {
  readonly node: HTMLLIElement;

  constructor(row: ExperimentRow, group: Group, host: ItemHost) {
    this._row = row;
    this._group = group;
    this._host = host;
    const { words } = host;
    this._main.append(this._title, this._question);
    this._main.addEventListener('click', () => this.open());
    const tools = h('span', { class: 'labbook-tools' });
    this._tools = {
      pen: this._tool('pen', words.__('Conclude (C)'), () => this.conclude()),
      rerun: this._tool('rerun', words.__('Run again (R)'), () => this.rerun()),
      stop: this._tool('stop', words.__('Stop (S)'), () => this.stop()),
      open: this._tool('open', words.__('Open the notebook (Enter)'), () =>
        this.open()
      )
    };
    tools.append(...Object.values(this._tools));
    this.node = h(
      'li',
      { class: 'labbook-item' },
      this._main,
      this._lesson,
      this._facts,
      this._reason,
      tools,
      this._inline,
      this._note
    );
    this.update(row);
  }

  get row(): ExperimentRow {
    return this._row;
  }

  /** Whether someone is writing or deciding here: such a row stays. */
  get held(): boolean {
    return this._inline.childElementCount > 0;
  }

  update(row: ExperimentRow): void {
    this._row = row;
    const { words } = this._host;
    setText(this._title.firstElementChild!, visible(row.name));
    this._drawEnd(row.ended);
    setText(this._question, asked(row));
    this._question.title = asked(row);
    setText(this._reason, visible(row.reason));
    this._reason.hidden = !row.reason;
    // What is over and concluded is told by what was learned.
    const lesson = this._group === 'today' ? visible(row.conclusion) : '';
    setText(this._lesson, lesson);
    this._lesson.title = lesson;
    this._lesson.hidden = !lesson;
    const stamp = JSON.stringify([row.states, row.verdicts, row.progress]);
    if (stamp !== this._stamp) {
      this._stamp = stamp;
      this._facts.replaceChildren(
        ...verdictChips(row, words),
        ...stateChips(row, words),
        ...progressLine(row, words)
      );
    }
    const live = liveRuns(row) > 0;
    this._show('stop', live);
    this._show('rerun', !live);
    this._show('pen', !live);
    this._tools.open.disabled = !row.notebook;
  }

  focus(): void {
    this._main.focus();
  }

  /** Whether Tab stops here: one row of the list does. */
  setStop(stop: boolean): void {
    const tabindex = stop ? 0 : -1;
    setAttributes(this._main, { tabindex });
    for (const tool of Object.values(this._tools)) {
      setAttributes(tool, { tabindex });
    }
  }

  /** A key pressed on the row itself; true if it meant something. */
  key(key: string): boolean {
    const live = liveRuns(this._row) > 0;
    const act = {
      c: live ? undefined : () => this.conclude(),
      r: live ? undefined : () => this.rerun(),
      s: live ? () => this.stop() : undefined
    }[key];
    act?.();
    return act !== undefined;
  }

  open(): void {
    if (this._row.notebook) {
      this._host.open(this._row);
    } else {
      this._say(
        this._host.words.__(
          'It was not started from a notebook of this server.'
        )
      );
    }
  }

  stop(): void {
    const { words } = this._host;
    const count = liveRuns(this._row);
    const question = words._n('Stop its run?', 'Stop its %1 runs?', count);
    this._ask(
      confirmation(
        question,
        words.__('Stop'),
        words,
        () => {
          this._close();
          void this._act(
            this._host.stop(this._row.experiment),
            words.__('Stopping %1.', visible(this._row.name))
          );
        },
        () => this._close()
      )
    );
  }

  rerun(): void {
    const { words } = this._host;
    void this._act(
      this._host.rerun(this._row.experiment),
      words.__('%1 runs again.', visible(this._row.name))
    );
  }

  conclude(): void {
    const { words } = this._host;
    const { experiment, conclusion: was } = this._row;
    this._ask(
      conclusionForm(
        was,
        words,
        async text => {
          await this._host.conclude(experiment, text, was);
          this._host.say(words.__('Conclusion stored.'));
        },
        () => this._close()
      )
    );
  }

  private _drawEnd(ended: string): void {
    const { words } = this._host;
    setText(this._ended, ended && moment(ended));
    setAttributes(this._ended, { datetime: ended || null });
    this._ended.title = ended
      ? words.__('Ended %1', new Date(ended).toLocaleString())
      : '';
  }

  private async _act(done: Promise<void>, said: string): Promise<void> {
    this.node.setAttribute('aria-busy', 'true');
    this._say('');
    try {
      await done;
      this._host.say(said);
    } catch (error) {
      this._say(error instanceof Error ? error.message : String(error));
    } finally {
      this.node.removeAttribute('aria-busy');
    }
  }

  private _ask(inline: { node: HTMLElement; focus(): void }): void {
    this._say('');
    this._inline.replaceChildren(inline.node);
    inline.focus();
  }

  private _close(): void {
    const had = this._inline.contains(focused(this.node));
    this._inline.replaceChildren();
    if (had) {
      this.focus();
    }
  }

  private _say(sentence: string): void {
    setText(this._note, sentence);
    this._note.hidden = !sentence;
  }

  private _show(tool: Tool, shown: boolean): void {
    const button = this._tools[tool];
    if (!shown && focused(button) === button) {
      this.focus();
    }
    button.hidden = !shown;
  }

  private _tool(name: Tool, label: string, act: () => void): HTMLButtonElement {
    const button = h(
      'button',
      {
        ...{ type: 'button', class: 'labbook-button', title: label },
        'aria-label': label
      },
      icon(name)
    );
    button.addEventListener('click', act);
    return button;
  }

  private _row: ExperimentRow;
  private _group: Group;
  private _host: ItemHost;
  private _stamp = '';
  private _tools: Record<Tool, HTMLButtonElement>;
  private _main = h('button', {
    type: 'button',
    class: 'labbook-item-main',
    'aria-keyshortcuts': 'S R C'
  });
  private _ended = h('time');
  private _title = h(
    'span',
    { class: 'labbook-item-name' },
    h('bdi'),
    this._ended
  );
  private _question = h('span', {
    class: 'labbook-item-question',
    dir: 'auto'
  });
  private _facts = h('div', { class: 'labbook-facts' });
  private _reason = h('p', { class: 'labbook-item-reason', dir: 'auto' });
  private _lesson = h('p', { class: 'labbook-item-lesson', dir: 'auto' });
  private _inline = h('div', { class: 'labbook-inline' });
  private _note = h('p', {
    class: 'labbook-note',
    role: 'alert',
    hidden: true
  });
}
