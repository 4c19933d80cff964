import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  InputDialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import type { ExperimentRow, Group } from '../data/labbook.js';
import type { Words } from '../data/words.js';
import { h } from '../views/dom.js';
import { asked, liveRuns } from '../views/panel/words.js';
import { visible } from '../views/text.js';
import {
  followAddress,
  insertExperiment,
  openAtCell,
  shownExperiment
} from './cells.js';
import { wordsFrom } from './host.js';
import { labbookIcon } from './icons.js';
import { ILabbook } from './labbook.js';
import { SETTINGS } from './settings.js';

const LIVE: readonly Group[] = ['running', 'waiting'];
const ENDED: readonly Group[] = ['unconcluded', 'failed', 'today'];

/** Finds the experiment that a person means. */
class Choice {
  constructor(
    private _labbook: ILabbook,
    private _tracker: INotebookTracker | null,
    private _words: Words
  ) {}

  /** Experiments in some of the panel's groups, each once. */
  rows(groups: readonly Group[]): ExperimentRow[] {
    const known = this._labbook.source.overview?.groups;
    const rows = groups.flatMap(group => known?.[group] ?? []);
    return [...new Map(rows.map(row => [row.experiment, row])).values()];
  }

  /**
   * The one that is named, or shown below the active cell, or chosen.
   *
   * null: there is none, or the person has decided otherwise.
   */
  async find(
    args: ReadonlyPartialJSONObject,
    groups: readonly Group[],
    title: string
  ): Promise<ExperimentRow | null> {
    const rows = this.rows(groups);
    if (typeof args.experiment === 'string') {
      return this.named(args.experiment, rows, word(args.name));
    }
    const shown = shownExperiment(this._tracker?.activeCell ?? null);
    const here = rows.find(row => row.experiment === shown);
    if (here || !rows.length) {
      return here ?? null;
    }
    const labels = rows.map(row => {
      const number = String(row.number).padStart(4, '0');
      return `${number} ${visible(row.name)}: ${asked(row)}`;
    });
    const chosen = await InputDialog.getItem({
      title,
      items: labels,
      okLabel: this._words.__('Choose')
    });
    return rows[labels.indexOf(chosen.value ?? '')] ?? null;
  }

  /** An experiment by its folder: from the panel's rows, or by searching. */
  async named(
    experiment: string,
    rows: readonly ExperimentRow[],
    name: string
  ): Promise<ExperimentRow | null> {
    const is = (row: ExperimentRow): boolean => row.experiment === experiment;
    const found = rows.find(is);
    return (
      found ?? (await this._labbook.source.search(name)).rows.find(is) ?? null
    );
  }
}

async function stop(
  labbook: ILabbook,
  row: ExperimentRow | null,
  words: Words
): Promise<void> {
  if (!row) {
    return;
  }
  const count = liveRuns(row);
  const name = visible(row.name);
  const answer = await showDialog({
    title: words.__('Stop %1?', name),
    body: words._n('One run will end.', '%1 runs will end.', count),
    buttons: [
      Dialog.cancelButton({ label: words.__('Cancel') }),
      Dialog.warnButton({ label: words.__('Stop') })
    ]
  });
  if (answer.button.accept) {
    await labbook.source.stop(row.experiment);
  }
}

class ConclusionBody extends Widget implements Dialog.IBodyWidget<string> {
  constructor(row: ExperimentRow, words: Words) {
    const field = h('textarea', {
      ...{ rows: 5, dir: 'auto', class: 'labbook-field' },
      'aria-label': words.__('What did you learn?'),
      placeholder: words.__('What did you learn?')
    });
    field.value = row.conclusion;
    super({
      node: h(
        'div',
        { class: 'labbook labbook-conclude' },
        h('p', { dir: 'auto' }, asked(row)),
        field
      )
    });
    this._field = field;
  }

  getValue(): string {
    return this._field.value.trim();
  }

  private _field: HTMLTextAreaElement;
}

async function conclude(
  labbook: ILabbook,
  row: ExperimentRow | null,
  words: Words
): Promise<void> {
  if (!row) {
    return;
  }
  const answer = await showDialog({
    title: words.__('Conclude %1', visible(row.name)),
    body: new ConclusionBody(row, words),
    focusNodeSelector: 'textarea',
    buttons: [
      Dialog.cancelButton({ label: words.__('Cancel') }),
      Dialog.okButton({ label: words.__('Save') })
    ]
  });
  if (answer.button.accept && answer.value) {
    await labbook.source.conclude(row.experiment, answer.value, row.conclusion);
  }
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: SETTINGS,
  description: 'Commands, menu and settings of the labbook.',
  autoStart: true,
  requires: [ILabbook, IDocumentManager],
  optional: [INotebookTracker, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    labbook: ILabbook,
    documents: IDocumentManager,
    tracker: INotebookTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const words = wordsFrom(translator);
    const choice = new Choice(labbook, tracker, words);
    const { commands } = app;
    /** What a refusal says is said to the person who asked. */
    const told = async (work: Promise<void>): Promise<void> => {
      try {
        await work;
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        Notification.error(said, { autoClose: false });
      }
    };
    commands.addCommand('labbook:new-experiment', {
      label: words.__('New Experiment Cell'),
      caption: words.__('Insert an experiment below the active cell'),
      icon: labbookIcon,
      isEnabled: () => !!tracker?.currentWidget,
      execute: async () => {
        const panel = tracker?.currentWidget;
        if (panel) {
          await insertExperiment(app, panel);
        }
      }
    });
    commands.addCommand('labbook:stop', {
      label: words.__('Stop Experiment…'),
      caption: words.__("Stop an experiment's runs, after asking"),
      isEnabled: () => choice.rows(LIVE).length > 0,
      execute: args =>
        told(
          choice
            .find(args, LIVE, words.__('Stop which experiment?'))
            .then(row => stop(labbook, row, words))
        )
    });
    commands.addCommand('labbook:conclude', {
      label: words.__('Conclude Experiment…'),
      caption: words.__('Write down what was learned'),
      isEnabled: args => 'experiment' in args || choice.rows(ENDED).length > 0,
      execute: args =>
        told(
          choice
            .find(args, ENDED, words.__('Conclude which experiment?'))
            .then(row => conclude(labbook, row, words))
        )
    });
    commands.addCommand('labbook:open', {
      label: words.__("Open an Experiment's Notebook"),
      isVisible: () => false,
      execute: async args => {
        const name = word(args.name);
        const rows = choice.rows([...LIVE, ...ENDED]);
        const row = await choice.named(word(args.experiment), rows, name);
        if (row?.notebook) {
          await openAtCell(app, documents, row.notebook, row.cell);
        } else {
          await commands.execute('labbook:show-panel', { tab: 'runs' });
        }
      }
    });
    if (tracker) {
      followAddress(window.location, tracker);
    }
    const category = words.__('Labbook');
    for (const name of ['new-experiment', 'stop', 'conclude']) {
      palette?.addItem({ command: `labbook:${name}`, category });
    }
    labbook.source.subscribe(() => {
      commands.notifyCommandChanged('labbook:stop');
      commands.notifyCommandChanged('labbook:conclude');
    });
  }
};

function word(of: unknown): string {
  return typeof of === 'string' ? of : '';
}

export default plugin;
