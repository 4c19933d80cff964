import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  InputDialog,
  Notification
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ExperimentRow, Group } from '../data/labbook.js';
import type { Words } from '../data/words.js';
import { asked } from '../views/panel/words.js';
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
import { ENDED, LIVE, verbs } from './verbs.js';

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
    const told = async (work: Promise<unknown>): Promise<void> => {
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
    const known = verbs(words);
    for (const verb of known) {
      commands.addCommand(`labbook:${verb.name}`, {
        label: verb.label,
        caption: verb.caption,
        isEnabled: args =>
          'experiment' in args || choice.rows(verb.groups).length > 0,
        execute: args =>
          told(
            choice
              .find(args, verb.groups, verb.which)
              .then(row => row && verb.act(labbook, row, words))
          )
      });
    }
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
    const named = known.map(({ name }) => `labbook:${name}`);
    for (const command of ['labbook:new-experiment', ...named]) {
      palette?.addItem({ command, category });
    }
    labbook.source.subscribe(() => {
      named.forEach(command => commands.notifyCommandChanged(command));
    });
  }
};

function word(of: unknown): string {
  return typeof of === 'string' ? of : '';
}

export default plugin;
