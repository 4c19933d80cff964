import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { DigestSource } from '../data/digest.js';
import type { QueueSource } from '../data/queue.js';
import type { Words } from '../data/words.js';
import type { Store } from '../views/host.js';
import {
  PANEL_TABS,
  PanelView,
  type PanelHost,
  type PanelMemory,
  type PanelTab
} from '../views/panel.js';
import { insertCode, insertExperiment, openAtCell } from './cells.js';
import { wordsFrom } from './host.js';
import { labbookIcon } from './icons.js';
import { ILabbook, type Nights, type OpenPlan } from './labbook.js';
import { browserStore } from './store.js';

const ID = 'jupyter-labbook:panel';
const SHOW = 'labbook:show-panel';
const MEMORY = 'panel';

/** Below the table of contents, above the extensions. */
const RANK = 450;

const NO_PLAN: OpenPlan = {
  slow: '',
  state: { lists: [], path: '', problem: '', live: true },
  subscribe: () => () => undefined,
  apply: () => Promise.reject(new Error('There is no labbook yet.')),
  setVisible: () => undefined,
  dispose: () => undefined
};

const none = (): Promise<never> =>
  Promise.reject(new Error('There is no labbook yet.'));

const NO_QUEUE: QueueSource = {
  ...{ queue: null, preflight: null, problem: '' },
  subscribe: () => () => undefined,
  setVisible: () => undefined,
  ...{ change: none, stop: none, check: none, mend: none, evening: none },
  dispose: () => undefined
};

const NO_DIGEST: DigestSource = {
  ...{ digest: null, problem: '' },
  subscribe: () => () => undefined,
  refresh: () => undefined,
  read: none,
  dispose: () => undefined
};

/** The labbook in a side bar. */
class LabbookPanel extends Widget {
  constructor(
    private _labbook: ILabbook,
    private _host: Omit<PanelHost, 'remember'>,
    private _words: Words,
    private _store: Store
  ) {
    super();
    this.id = 'jupyter-labbook-panel';
    this.addClass('labbook-side');
    this.title.icon = labbookIcon;
    this.title.caption = _words.__('Labbook');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', _words.__('Labbook'));
    this._memory = memoryIn(_store);
    this._unsubscribe = _labbook.source.subscribe(() => this._follow());
    this._open();
  }

  /** Show one of the tabs. */
  showTab(tab: PanelTab): void {
    this._view?.show(tab);
  }

  override dispose(): void {
    this._unsubscribe();
    this._close();
    super.dispose();
  }

  protected override onAfterShow(): void {
    this._setVisible();
  }

  protected override onAfterHide(): void {
    this._setVisible();
  }

  protected override onAfterAttach(): void {
    this._setVisible();
  }

  protected override onActivateRequest(): void {
    this._view?.focus();
  }

  /** Another labbook is another view: nothing of the old one is left in it. */
  private _follow(): void {
    if (this._labbook.source.labbook !== this._shown) {
      this._labbook.source.filter('', '');
      this._open();
    }
  }

  private _open(): void {
    this._close();
    const { source } = this._labbook;
    this._shown = source.labbook;
    this._plan = this._shown ? this._labbook.plan(this._shown) : NO_PLAN;
    this._nights = this._labbook.nights;
    this._view = new PanelView({
      labbook: source,
      plan: this._plan,
      queue: this._nights?.queue ?? NO_QUEUE,
      digest: this._nights?.digest ?? NO_DIGEST,
      words: this._words,
      ...(this._memory && { memory: this._memory }),
      host: {
        ...this._host,
        remember: memory => {
          this._memory = memory;
          this._store.set(MEMORY, JSON.stringify(memory));
          this._setVisible();
        }
      }
    });
    this.node.append(this._view.node);
    this._setVisible();
  }

  private _close(): void {
    this._view?.dispose();
    this._plan?.dispose();
  }

  private _setVisible(): void {
    this._labbook.source.setVisible(this.isVisible);
    const tab = this._memory?.tab ?? 'runs';
    this._plan?.setVisible(this.isVisible && tab === 'plan');
    this._nights?.queue.setVisible(this.isVisible && tab === 'queue');
  }

  private _view: PanelView | undefined;
  private _plan: OpenPlan | undefined;
  private _nights: Nights | null = null;
  private _shown = '';
  private _memory: PanelMemory | undefined;
  private _unsubscribe: () => void;
}

function hostOf(
  app: JupyterFrontEnd,
  documents: IDocumentManager,
  tracker: INotebookTracker | null,
  words: Words
): Omit<PanelHost, 'remember'> {
  const insert = (put: (notebook: NotebookPanel) => Promise<void>): void => {
    const notebook = tracker?.currentWidget;
    if (notebook) {
      void put(notebook);
    } else {
      Notification.info(
        words.__('Open the notebook that is to hold the cell.'),
        {
          autoClose: 6000
        }
      );
    }
  };
  return {
    open: ({ notebook, cell }) =>
      void openAtCell(app, documents, notebook, cell),
    show: ({ experiment, name }) =>
      void app.commands.execute('labbook:open', { experiment, name }),
    copy: text => navigator.clipboard.writeText(text),
    ...(tracker && {
      newExperiment: () => insert(panel => insertExperiment(app, panel)),
      makeExperiment: item =>
        insert(panel => insertExperiment(app, panel, item)),
      insert: source => insert(panel => insertCode(app, panel, source))
    })
  };
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description:
    'Shows the labbook in a side bar: its runs, plan and conclusions.',
  autoStart: true,
  requires: [ILabbook, IDocumentManager],
  optional: [
    INotebookTracker,
    ILabShell,
    ILayoutRestorer,
    ICommandPalette,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    labbook: ILabbook,
    documents: IDocumentManager,
    tracker: INotebookTracker | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const words = wordsFrom(translator);
    const panel = new LabbookPanel(
      labbook,
      hostOf(app, documents, tracker, words),
      words,
      browserStore(() => window.localStorage)
    );
    app.shell.add(panel, 'left', { rank: RANK, type: 'Labbook' });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(SHOW, {
      label: words.__('Show Labbook'),
      caption: words.__('Show runs, plan and conclusions in the side bar'),
      icon: labbookIcon,
      execute: ({ tab }) => {
        const known = PANEL_TABS.find(name => name === tab);
        if (known) {
          panel.showTab(known);
        }
        (labShell ?? app.shell).activateById(panel.id);
      }
    });
    const category = words.__('Labbook');
    palette?.addItem({ command: SHOW, category });
    for (const [tab, label] of [
      ['morning', words.__('Show Morning Digest')],
      ['queue', words.__('Show Queue')]
    ] as const) {
      const command = `labbook:show-${tab}`;
      app.commands.addCommand(command, {
        label,
        icon: labbookIcon,
        execute: () => app.commands.execute(SHOW, { tab })
      });
      palette?.addItem({ command, category });
    }
  }
};

/** Where a person left the panel, if that is known. */
function memoryIn(store: Store): PanelMemory | undefined {
  try {
    const memory = JSON.parse(store.get(MEMORY) ?? '') as PanelMemory;
    const known = PANEL_TABS.includes(memory.tab);
    return known && Array.isArray(memory.folded) ? memory : undefined;
  } catch {
    return undefined;
  }
}

export default plugin;
