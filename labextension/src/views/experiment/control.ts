import type { ExperimentSource } from '../../data/experiment.js';
import type { ExperimentView, RunView } from '../../data/run.js';
import type { Words } from '../../data/words.js';
import { focused, h, setAttributes, setText, setHidden } from '../dom.js';
import { visible } from '../text.js';
import { allEnded, live } from './standing.js';

interface Choice {
  label: string;
  /** Labels of runs; undefined: all. */
  runs: string[] | undefined;
}

/** Stop and Rerun, each asked for once, in their own place. */
export class ControlView {
  readonly node: HTMLElement;
  /** Why the last wish was not stored; empty while all is well. */
  readonly problem = h('p', { class: 'labbook-problem', role: 'alert' });

  constructor(
    source: ExperimentSource,
    trans: Words,
    say: (sentence: string) => void
  ) {
    this._source = source;
    this._trans = trans;
    this._say = say;
    this._stop = h('button', { type: 'button' }, trans.__('Stop'));
    this._rerun = h('button', { type: 'button' }, trans.__('Rerun'));
    this._question = h('div', {
      class: 'labbook-question',
      role: 'group',
      hidden: true
    });
    this.node = h(
      'div',
      { class: 'labbook-control' },
      this._stop,
      this._rerun,
      this._question
    );
    setHidden(this.problem, true);
    this._stop.addEventListener('click', () => this._askToStop());
    this._rerun.addEventListener('click', () => this._askToRerun());
    this._question.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        this._close(true);
      }
    });
  }

  update(view: ExperimentView, selected: string | null): void {
    this._view = view;
    this._selected = selected;
    const lives = view.runs.filter(live);
    for (const label of this._stopping) {
      if (!lives.some(run => run.label === label)) {
        this._stopping.delete(label);
      }
    }
    const rerunnable = allEnded(view) || view.runs.some(held);
    if (
      this._asked &&
      !(this._asked === this._stop ? lives.length : rerunnable)
    ) {
      this._close(true);
    }
    const trans = this._trans;
    const stopping = lives.length > 0 && this._stoppable().length === 0;
    setText(this._stop, stopping ? trans.__('Stopping…') : trans.__('Stop'));
    setText(
      this._rerun,
      this._starting ? trans.__('Starting…') : trans.__('Rerun')
    );
    // Kept in the order of the focus, which would be lost if it were disabled.
    setAttributes(this._stop, { 'aria-disabled': stopping && 'true' });
    setAttributes(this._rerun, { 'aria-disabled': this._starting && 'true' });
    this._offer(lives.length ? this._stop : rerunnable ? this._rerun : null);
    setHidden(this.node, !this._source.controllable);
  }

  /** Show one of the buttons, and hand the focus on to it. */
  private _offer(offered: HTMLButtonElement | null): void {
    const other = offered === this._stop ? this._rerun : this._stop;
    const hadFocus = focused(this.node) === other;
    if (offered) {
      setHidden(offered, false);
      if (hadFocus) {
        offered.focus();
      }
    } else {
      setHidden(this._rerun, true);
    }
    setHidden(other, true);
  }

  /** Those that live and were not asked to stop. */
  private _stoppable(): RunView[] {
    return this._view!.runs.filter(
      run => live(run) && !this._stopping.has(run.label)
    );
  }

  private _askToStop(): void {
    const runs = this._stoppable();
    if (!runs.length) {
      return;
    }
    const trans = this._trans;
    const one = runs.find(run => run.label === this._selected);
    const all = runs.map(run => run.label);
    const choices: Choice[] =
      one && runs.length > 1
        ? [
            {
              label: trans.__('Run %1', visible(one.label)),
              runs: [one.label]
            },
            { label: trans.__('All %1', runs.length), runs: all }
          ]
        : [{ label: trans.__('Stop'), runs: all }];
    const question =
      this._view!.runs.length === 1
        ? trans.__('Stop the run?')
        : choices.length > 1
          ? trans.__('Stop which?')
          : trans._n('Stop %1 run?', 'Stop %1 runs?', runs.length);
    this._ask(this._stop, question, choices, trans.__('Keep going'), choice =>
      this._stopThem(choice.runs ?? all)
    );
  }

  private async _stopThem(labels: string[]): Promise<void> {
    labels.forEach(label => this._stopping.add(label));
    this.update(this._view!, this._selected);
    this._say(this._trans.__('Stopping…'));
    const whole = labels.length === this._view!.runs.length;
    try {
      await this._source.stop(whole ? undefined : labels);
    } catch (error) {
      labels.forEach(label => this._stopping.delete(label));
      this._fail(error as Error);
    }
  }

  private _askToRerun(): void {
    if (this._starting) {
      return;
    }
    const trans = this._trans;
    const { runs } = this._view!;
    const failed = runs.filter(run => run.state !== 'finished');
    const one = runs.find(run => run.label === this._selected);
    if (runs.length === 1) {
      void this._rerunThem(undefined);
      return;
    }
    const all: Choice = { label: trans.__('Rerun'), runs: undefined };
    const choices = [all];
    if (failed.length && failed.length < runs.length) {
      choices.unshift({
        label: trans._n('%1 unfinished', '%1 unfinished', failed.length),
        runs: failed.map(run => run.label)
      });
    }
    if (one) {
      choices.unshift({
        label: trans.__('Run %1', visible(one.label)),
        runs: [one.label]
      });
    }
    if (choices.length > 1) {
      all.label = trans.__('All %1', runs.length);
    }
    this._ask(
      this._rerun,
      choices.length > 1
        ? trans.__('Run which again?')
        : trans._n('Run %1 run again?', 'Run %1 runs again?', runs.length),
      choices,
      trans.__('Not now'),
      choice => this._rerunThem(choice.runs)
    );
  }

  private async _rerunThem(labels: string[] | undefined): Promise<void> {
    this._starting = true;
    this.update(this._view!, this._selected);
    try {
      await this._source.rerun(labels);
      const many = labels?.length ?? this._view!.runs.length;
      this._say(
        this._trans._n(
          'The run is submitted again.',
          '%1 runs are submitted again.',
          many
        )
      );
    } catch (error) {
      this._fail(error as Error);
    }
    this._starting = false;
    this.update(this._view!, this._selected);
  }

  private _ask(
    asked: HTMLButtonElement,
    question: string,
    choices: readonly Choice[],
    none: string,
    act: (choice: Choice) => Promise<void>
  ): void {
    setHidden(this.problem, true);
    const buttons = choices.map(choice => {
      const button = h('button', { type: 'button' }, choice.label);
      button.addEventListener('click', () => {
        this._close(true);
        void act(choice);
      });
      return button;
    });
    const keep = h('button', { type: 'button', class: 'labbook-keep' }, none);
    keep.addEventListener('click', () => this._close(true));
    this._question.replaceChildren(h('span', {}, question), ...buttons, keep);
    this._question.setAttribute('aria-label', question);
    this._question.dataset.verb = asked === this._stop ? 'stop' : 'rerun';
    setHidden(this._question, false);
    this._asked = asked;
    buttons[0]!.focus();
  }

  private _close(back: boolean): void {
    const hadFocus = this._question.contains(focused(this.node));
    const asked = this._asked;
    setHidden(this._question, true);
    this._question.replaceChildren();
    this._asked = null;
    if (back && hadFocus) {
      asked?.focus();
    }
  }

  private _fail(error: Error): void {
    setText(this.problem, error.message);
    setHidden(this.problem, false);
    this.update(this._view!, this._selected);
  }

  private _source: ExperimentSource;
  private _trans: Words;
  private _say: (sentence: string) => void;
  private _view: ExperimentView | null = null;
  private _selected: string | null = null;
  /** Runs that were asked to stop and still live. */
  private _stopping = new Set<string>();
  private _starting = false;
  private _asked: HTMLButtonElement | null = null;
  private _stop: HTMLButtonElement;
  private _rerun: HTMLButtonElement;
  private _question: HTMLElement;
}

function held(run: RunView): boolean {
  return run.state === 'held';
}
