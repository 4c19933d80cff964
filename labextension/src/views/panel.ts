import type { DigestSource, Subject } from '../data/digest.js';
import type { ExperimentRow, Group, LabbookSource } from '../data/labbook.js';
import type { PlanItem, PlanSource } from '../data/plan.js';
import type { QueueSource } from '../data/queue.js';
import { english, type Words } from '../data/words.js';
import { h, setAttributes, setText } from './dom.js';
import { DigestView } from './nights/digest.js';
import { QueueView } from './nights/queue.js';
import type { CommandHost } from './nights/suggestions.js';
import { RunsView, type RunsHost } from './panel/runs.js';
import { SearchView } from './panel/search.js';
import { Tabs } from './panel/tabs.js';
import { freshnessWords } from './panel/words.js';
import { PlanView } from './plan.js';
import { visible } from './text.js';

export const PANEL_TABS = [
  'morning',
  'runs',
  'queue',
  'plan',
  'labbook'
] as const;

export type PanelTab = (typeof PANEL_TABS)[number];

/** What a person left the panel at. */
export interface PanelMemory {
  tab: PanelTab;
  folded: Group[];
}

/** What the panel's host can do. */
export interface PanelHost extends CommandHost {
  /** Show the notebook at the cell that started an experiment. */
  open: (row: ExperimentRow) => void;
  /** Put a new experiment's cell into the notebook; absent where there is none. */
  newExperiment?: () => void;
  makeExperiment?: (item: PlanItem) => void;
  /** Show where an experiment was run. */
  show?: (subject: Subject) => void;
  remember(memory: PanelMemory): void;
}

export interface PanelOptions {
  labbook: LabbookSource;
  plan: PlanSource;
  queue: QueueSource;
  digest: DigestSource;
  host: PanelHost;
  words?: Words;
  memory?: PanelMemory;
}

/** A labbook in a side bar: its runs, its plan, and all it has found. */
export class PanelView {
  readonly node: HTMLElement;

  constructor({ labbook, plan, queue, digest, host, ...rest }: PanelOptions) {
    const words = (this._words = rest.words ?? english);
    const memory = rest.memory ?? { tab: 'runs', folded: [] };
    this._source = labbook;
    this._digest = digest;
    this._host = host;
    this._folded = new Set(memory.folded);
    this._runs = new RunsView(labbook, this._runsHost(), this._folded);
    this._search = new SearchView(labbook, { words, open: host.open });
    this._plan = new PlanView(plan, {
      words,
      ...(host.makeExperiment && {
        makeExperiment: (item: PlanItem) => this._make(item)
      })
    });
    const say = (sentence: string): void => setText(this._spoken, sentence);
    this._queue = new QueueView(queue, words, {
      say,
      copy: text => host.copy(text),
      ...(host.insert && { insert: host.insert }),
      ...(host.newExperiment && { newExperiment: host.newExperiment })
    });
    this._morning = new DigestView(digest, words, {
      say,
      ...(host.show && { show: host.show }),
      conclude: (experiment, text, was) =>
        labbook.conclude(experiment, text, was),
      done: () => this._leaveMorning()
    });
    const tabs = [
      { name: 'morning', title: words.__('Morning'), panel: h('div') },
      { name: 'runs', title: words.__('Runs'), panel: this._runs.node },
      { name: 'queue', title: words.__('Queue'), panel: this._queue.node },
      { name: 'plan', title: words.__('Plan'), panel: h('div') },
      { name: 'labbook', title: words.__('Labbook'), panel: this._search.node }
    ] as const;
    tabs[0].panel.append(this._morning.node);
    tabs[3].panel.append(this._plan.node);
    this._tabs = new Tabs<PanelTab>(tabs, words.__('Labbook'), () =>
      this._onTab()
    );
    this._body = h(
      'div',
      { class: 'labbook-panel-body' },
      ...tabs.map(tab => tab.panel)
    );
    this.node = h(
      'section',
      { class: 'labbook labbook-panel', 'aria-label': words.__('Labbook') },
      this._tabs.node,
      this._body,
      this._beginning,
      this._foot,
      this._spoken
    );
    this.node.addEventListener('keydown', event => this._onKey(event));
    this._tabs.offer('morning', false);
    this._tabs.choose(memory.tab === 'morning' ? 'runs' : memory.tab);
    this._tabs.node.addEventListener('click', () => (this._touched = true));
    this._tabs.node.addEventListener('keydown', () => (this._touched = true));
    this._body.addEventListener('focusin', () => (this._touched = true));
    this._ready = true;
    const leave = [
      labbook.subscribe(() => this._draw()),
      digest.subscribe(() => this._drawMorning())
    ];
    this._unsubscribe = () => leave.forEach(each => each());
    this._drawMorning();
    this._draw();
  }

  /** Show one of the tabs. */
  show(tab: PanelTab): void {
    this._touched = true;
    if (tab === 'morning') {
      this._digest.refresh();
      this._tabs.offer(tab, true);
    }
    this._tabs.choose(tab);
  }

  /** Put the focus where a person goes on. */
  focus(): void {
    this.node
      .querySelector<HTMLElement>('[role=tab][aria-selected=true]')
      ?.focus();
  }

  dispose(): void {
    this._unsubscribe();
    this._runs.dispose();
    this._search.dispose();
    this._plan.dispose();
    this._queue.dispose();
    this._morning.dispose();
    this.node.remove();
  }

  private _runsHost(): RunsHost {
    const source = this._source;
    const { open, newExperiment } = this._host;
    return {
      words: this._words,
      open,
      ...(newExperiment && { newExperiment }),
      stop: experiment => source.stop(experiment),
      rerun: experiment => source.rerun(experiment),
      conclude: (experiment, text, was) =>
        source.conclude(experiment, text, was),
      say: sentence => setText(this._spoken, sentence),
      folded: (group, folded) => {
        this._folded[folded ? 'add' : 'delete'](group);
        this._remember();
      },
      search: text => {
        this._tabs.choose('labbook');
        this._search.focusFilter();
        void this._search.search(text);
      }
    };
  }

  /** What nobody has read is offered, and shown to who has not begun with else. */
  private _drawMorning(): void {
    const unread = this._digest.digest?.unread ?? false;
    if (unread) {
      this._tabs.offer('morning', true);
    }
    if (unread && !this._touched) {
      this._touched = true;
      this._tabs.choose('morning');
    }
  }

  private _leaveMorning(): void {
    this._tabs.offer('morning', false);
    this._tabs.choose('runs');
    this.focus();
  }

  private _draw(): void {
    const { labbook, freshness, overview } = this._source;
    const words = this._words;
    const none = !labbook;
    this._body.hidden = none;
    setAttributes(this._tabs.node, { hidden: none });
    this._beginning.hidden = !none;
    this._foot.hidden = none;
    if (none) {
      this._drawBeginning();
    } else {
      this._runs.draw();
      this._onTab();
    }
    setText(this._path, visible(labbook));
    this._path.title = labbook;
    setText(this._status, none ? '' : freshnessWords(freshness, words));
    setAttributes(this._status, { 'data-contact': freshness.contact });
    setAttributes(this._body, { 'aria-busy': overview ? null : 'true' });
  }

  /** What to do where there is no labbook, or no server extension. */
  private _drawBeginning(): void {
    const { freshness } = this._source;
    const words = this._words;
    const known = freshness.since !== null || freshness.sentence !== '';
    const begin = this._host.newExperiment;
    const stamp = JSON.stringify([known, freshness.sentence, !!begin]);
    if (stamp === this._stamp) {
      return;
    }
    this._stamp = stamp;
    if (!known) {
      const looking = words.__('Looking for a labbook …');
      this._beginning.replaceChildren(h('p', {}, looking));
      return;
    }
    if (freshness.sentence) {
      this._beginning.replaceChildren(
        h('h2', {}, words.__('The labbook cannot be shown')),
        h('p', { dir: 'auto' }, visible(freshness.sentence))
      );
      return;
    }
    const button = h(
      'button',
      { type: 'button', class: 'labbook-push labbook-main-push' },
      words.__('New experiment cell')
    );
    button.addEventListener('click', () => begin?.());
    this._beginning.replaceChildren(
      h('h2', {}, words.__('No labbook here yet')),
      h(
        'p',
        {},
        words.__(
          'It begins beside your notebook with the first experiment: a cell ' +
            'that starts with %1, says what you want to find out, and runs, ' +
            'once %2 has made it known.',
          '%%experiment',
          '%load_ext jupyter_labbook'
        )
      ),
      ...(begin ? [button] : [])
    );
  }

  private _make(item: PlanItem): void {
    this._host.makeExperiment?.(item);
    const said = this._words.__('A cell for it is below the active cell.');
    setText(this._spoken, said);
  }

  private _onTab(): void {
    if (!this._ready) {
      return;
    }
    if (this._tabs.chosen === 'labbook') {
      this._search.refresh();
    }
    this._remember();
  }

  private _remember(): void {
    const memory: PanelMemory = {
      tab: this._tabs.chosen,
      folded: [...this._folded]
    };
    const stamp = JSON.stringify(memory);
    if (stamp !== this._remembered) {
      this._remembered = stamp;
      this._host.remember(memory);
    }
  }

  private _onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const types = target.closest('input, textarea, select') !== null;
    if (event.key !== '/' || types || event.ctrlKey || event.metaKey) {
      return;
    }
    const view = { runs: this._runs, labbook: this._search }[
      this._tabs.chosen as string
    ];
    if (view) {
      event.preventDefault();
      view.focusFilter();
    }
  }

  private _words: Words;
  private _source: LabbookSource;
  private _host: PanelHost;
  private _folded: Set<Group>;
  private _runs: RunsView;
  private _search: SearchView;
  private _queue: QueueView;
  private _morning: DigestView;
  private _digest: DigestSource;
  private _plan: PlanView;
  private _tabs: Tabs<PanelTab>;
  private _body: HTMLElement;
  private _beginning = h('div', { class: 'labbook-blank', hidden: true });
  private _path = h('span', { class: 'labbook-path' });
  private _status = h('span', { class: 'labbook-status', role: 'status' });
  private _foot = h('footer', {}, this._path, this._status);
  private _spoken = h('div', { class: 'labbook-spoken', role: 'status' });
  private _unsubscribe: () => void;
  private _ready = false;
  /** Whether somebody has begun to do something here. */
  private _touched = false;
  private _stamp = '';
  private _remembered = '';
}
