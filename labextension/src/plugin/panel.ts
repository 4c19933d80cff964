import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { PlanItem } from '../data/plan.js';
import type { Words } from '../data/words.js';
import type { Store } from '../views/host.js';
import {
  PanelView,
  type PanelHost,
  type PanelMemory,
  type PanelTab
} from '../views/panel.js';
import { insertExperiment, openAtCell } from './cells.js';
import { wordsFrom } from './host.js';
import { labbookIcon } from './icons.js';
import { ILabbook, type OpenPlan } from './labbook.js';
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
    this._view = new PanelView({
      labbook: source,
      plan: this._plan,
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
  }

  private _view: PanelView | undefined;
  private _plan: OpenPlan | undefined;
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
  const insert = (item: PlanItem | null): void => {
    const notebook = tracker?.currentWidget;
    if (notebook) {
      void insertExperiment(app, notebook, item);
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
    ...(tracker && {
      newExperiment: () => insert(null),
      makeExperiment: item => insert(item)
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
        if (tab === 'runs' || tab === 'plan' || tab === 'labbook') {
          panel.showTab(tab);
        }
        (labShell ?? app.shell).activateById(panel.id);
      }
    });
    palette?.addItem({ command: SHOW, category: words.__('Labbook') });
  }
};

/** Where a person left the panel, if that is known. */
function memoryIn(store: Store): PanelMemory | undefined {
  try {
    const memory = JSON.parse(store.get(MEMORY) ?? '') as PanelMemory;
    const known = ['runs', 'plan', 'labbook'].includes(memory.tab);
    return known && Array.isArray(memory.folded) ? memory : undefined;
  } catch {
    return undefined;
  }
}

export default plugin;
