import type { ExperimentSource } from '../../data/experiment.js';
import type { ExperimentView, RunView } from '../../data/run.js';
import { h, setText, setHidden } from '../dom.js';
import type { RunHost } from '../host.js';
import { visible } from '../text.js';
import { TailView } from './tail.js';

/** The output of one run, and the choice of which. */
export class LogView {
  readonly node: HTMLElement;

  constructor(
    source: ExperimentSource,
    host: RunHost,
    select: (run: string) => void
  ) {
    const trans = host.words;
    this._source = source;
    this._host = host;
    this._tail = new TailView(trans);
    this._choice = h('select', {
      'aria-label': trans.__('Output of which run')
    });
    this._only = h('span', { class: 'labbook-aside' });
    this._csv = h(
      'a',
      { download: '' },
      trans.__('Everything it logged (CSV)')
    );
    this._file = h('button', { type: 'button' }, trans.__('Open output.log'));
    this._choice.addEventListener('change', () => select(this._choice.value));
    this._file.addEventListener('click', () => {
      host.openFile?.(`${this._path}/runs/${this._run}/output.log`);
    });
    this.node = h(
      'div',
      { class: 'labbook-log' },
      h(
        'div',
        { class: 'labbook-log-head' },
        h('h3', {}, trans.__('Output')),
        this._choice,
        this._only,
        h('span', { class: 'labbook-space' }),
        this._csv,
        this._file
      ),
      this._tail.node
    );
  }

  /** The run whose output is shown; empty for none. */
  get run(): string {
    return this._run;
  }

  update(view: ExperimentView, selected: string | null): void {
    this._path = view.path;
    this._choose(view);
    const run = this._wanted(view, selected);
    const label = run?.label ?? '';
    const started = run !== undefined && hasOutput(run);
    if (this._run !== label || this._started !== started) {
      this._run = label;
      this._started = started;
      setHidden(this._csv, !started);
      setHidden(this._file, !started || !this._host.openFile);
      if (started) {
        this._csv.href = this._source.metricsFile(label);
      }
      this._tail.open(
        visible(label),
        started ? from => this._source.output(label, from) : null,
        run?.state === 'waiting'
          ? this._host.words.__(
              'Run %1 waits; what it writes is shown here from its start on.',
              visible(label)
            )
          : ''
      );
    }
    if (this._choice.value !== label) {
      this._choice.value = label;
    }
  }

  refresh(): void {
    this._tail.refresh();
  }

  /** What was selected; else what runs now, what failed, or what was last. */
  private _wanted(
    view: ExperimentView,
    selected: string | null
  ): RunView | undefined {
    const { runs } = view;
    const chosen = runs.find(run => run.label === selected);
    if (chosen) {
      return chosen;
    }
    const now = runs.find(run => run.label === this._run);
    const running = runs.find(run => run.state === 'running');
    if (now && (now.state === 'running' || !this._tail.following || !running)) {
      return now;
    }
    return (
      running ??
      runs.find(run => run.state === 'failed') ??
      runs.filter(hasOutput).at(-1) ??
      runs[0]
    );
  }

  private _choose(view: ExperimentView): void {
    const labels = view.runs.map(run => run.label);
    const stamp = JSON.stringify(labels);
    if (stamp === this._stamp) {
      return;
    }
    this._stamp = stamp;
    this._choice.replaceChildren(
      ...labels.map(label => h('option', { value: label }, visible(label)))
    );
    setHidden(this._choice, labels.length < 2);
    setText(
      this._only,
      labels.length > 1 ? this._host.words.__('of %1 runs', labels.length) : ''
    );
  }

  private _source: ExperimentSource;
  private _host: RunHost;
  private _tail: TailView;
  private _run = '';
  private _started: boolean | null = null;
  private _path = '';
  private _stamp = '';
  private _choice: HTMLSelectElement;
  private _only: HTMLElement;
  private _csv: HTMLAnchorElement;
  private _file: HTMLButtonElement;
}

function hasOutput({ state }: RunView): boolean {
  return !['registered', 'waiting', 'held', 'cancelled'].includes(state);
}
