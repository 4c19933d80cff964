import {
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import {
  INotebookTools,
  INotebookTracker,
  NotebookTools
} from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { readHeader } from '../data/header.js';
import type { Words } from '../data/words.js';
import { HeaderForm } from '../views/header.js';
import { activeExperiment, changeHeader } from './cells.js';
import { wordsFrom } from './host.js';
import { labbookIcon } from './icons.js';

const EDIT = 'labbook:edit-header';
const INSPECTOR = 'jp-property-inspector';

/** The form of one cell at a time, and the cell's text as it changes. */
class BoundForm {
  readonly form: HeaderForm;

  constructor(
    words: Words,
    private _changed: (cell: Cell | null) => void
  ) {
    this.form = new HeaderForm((key, texts) => {
      if (this._cell && !this._cell.isDisposed) {
        changeHeader(this._cell, key, texts);
      }
    }, words);
  }

  /** Follow another cell; null: none. */
  bind(cell: Cell | null): void {
    if (cell !== this._cell) {
      this.form.commit();
      this._cell?.model?.sharedModel.changed.disconnect(this._draw);
      this._cell = cell;
      cell?.model.sharedModel.changed.connect(this._draw);
    }
    this._draw();
  }

  private _draw = (): void => {
    const header = readHeader(this._cell?.model.sharedModel.getSource() ?? '');
    if (header) {
      this.form.update(header);
    }
    this._changed(header ? this._cell : null);
  };

  private _cell: Cell | null = null;
}

/** The header of the active cell among the notebook's tools. */
class HeaderTool extends NotebookTools.Tool {
  constructor(
    words: Words,
    private _tracker: INotebookTracker
  ) {
    super();
    this.addClass('labbook-header-tool');
    this._bound = new BoundForm(words, cell => this._show(cell !== null));
    this.node.append(this._bound.form.node);
  }

  focusForm(): void {
    this._bound.form.focus();
  }

  protected override onActiveCellChanged(): void {
    const cell = this._tracker.activeCell;
    this._bound.bind(cell?.model.type === 'code' ? cell : null);
  }

  /** The whole section is there for experiments alone. */
  private _show(shown: boolean): void {
    this.parent?.parent?.setHidden(!shown);
  }

  private _bound: BoundForm;
}

async function editInDialog(cell: Cell, words: Words): Promise<void> {
  const bound = new BoundForm(words, () => undefined);
  bound.bind(cell);
  const body = new Widget({ node: bound.form.node });
  const dialog = new Dialog({
    title: words.__('Experiment'),
    body,
    buttons: [Dialog.okButton({ label: words.__('Done') })],
    focusNodeSelector: 'textarea',
    hasClose: true
  });
  dialog.addClass('labbook-dialog');
  await dialog.launch();
  bound.bind(null);
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-labbook:header',
  description: "Edits the header of an experiment's cell by a form.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [INotebookTools, ILabShell, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    tools: INotebookTools | null,
    labShell: ILabShell | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const words = wordsFrom(translator);
    const tool = tools && new HeaderTool(words, tracker);
    if (tools && tool) {
      tools.addSection({
        sectionName: 'jupyter-labbook',
        label: words.__('Experiment'),
        rank: 0
      });
      tools.addItem({ tool, section: 'jupyter-labbook' });
    }
    app.commands.addCommand(EDIT, {
      label: words.__('Edit Experiment Header'),
      caption: words.__('Edit question, prediction and more by a form'),
      icon: labbookIcon,
      isEnabled: () => activeExperiment(tracker) !== null,
      isVisible: () => activeExperiment(tracker) !== null,
      execute: async () => {
        const cell = activeExperiment(tracker);
        if (cell && labShell && tool) {
          labShell.activateById(INSPECTOR);
          requestAnimationFrame(() => tool.focusForm());
        } else if (cell) {
          await editInDialog(cell, words);
        }
      }
    });
    palette?.addItem({ command: EDIT, category: words.__('Labbook') });
    followActiveCell(tracker, () => app.commands.notifyCommandChanged(EDIT));
  }
};

/** Call back when another cell is active, and when its text changes. */
function followActiveCell(tracker: INotebookTracker, tell: () => void): void {
  let last: Cell | null = null;
  const context = {};
  tracker.activeCellChanged.connect(() => {
    last?.model?.sharedModel.changed.disconnect(tell, context);
    last = tracker.activeCell;
    last?.model.sharedModel.changed.connect(tell, context);
    tell();
  });
}

export default plugin;
