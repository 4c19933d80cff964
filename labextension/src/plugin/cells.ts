/** Finding, changing and making cells of notebooks. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { CodeCell, type Cell, type ICellModel } from '@jupyterlab/cells';
import { URLExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import {
  NotebookPanel,
  type INotebookTracker,
  type Notebook
} from '@jupyterlab/notebook';
import { readHeader, writeHeader, type Key } from '../data/header.js';
import { LOAD, loads, newCell, type NewCell } from '../data/newCell.js';
import type { PlanItem } from '../data/plan.js';
import { readRun, RUN_MIME_TYPE } from '../data/run.js';

/** The active cell of the current notebook, if it is an experiment. */
export function activeExperiment(tracker: INotebookTracker): Cell | null {
  const cell = tracker.activeCell;
  const source = cell?.model.sharedModel.getSource() ?? '';
  return cell?.model.type === 'code' && readHeader(source) ? cell : null;
}

/**
 * Give a key of a cell's header other texts.
 *
 * Only what differs is put into the shared text, so that cursors stay, other
 * people's too, and one undo takes it back.
 */
export function changeHeader(
  cell: Cell,
  key: Key,
  texts: readonly string[]
): void {
  const shared = cell.model.sharedModel;
  const before = shared.getSource();
  const after = writeHeader(before, key, texts);
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) {
    start += 1;
  }
  let tail = 0;
  while (
    tail < most - start &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail += 1;
  }
  if (before !== after) {
    shared.updateSource(
      start,
      before.length - tail,
      after.slice(start, after.length - tail)
    );
  }
}

/**
 * Insert an experiment's cell below the active one, and go on writing there.
 *
 * Where no cell has made the magic known, one before it does, and is run.
 */
export async function insertExperiment(
  app: JupyterFrontEnd,
  panel: NotebookPanel,
  item: PlanItem | null = null
): Promise<void> {
  const notebook = panel.content;
  const shared = notebook.model?.sharedModel;
  if (!shared) {
    return;
  }
  const made = newCell(item);
  const start = Math.min(notebook.activeCellIndex + 1, shared.cells.length);
  const sources = knowsMagic(notebook) ? [made.source] : [LOAD, made.source];
  const metadata = shared.cells.length ? { trusted: true } : {};
  // Complete from the beginning, and at once: one undo takes it away.
  shared.insertCells(
    start,
    sources.map(source => ({ cell_type: 'code', source, metadata }))
  );
  app.shell.activateById(panel.id);
  notebook.deselectAll();
  const index = start + sources.length - 1;
  await goTo(notebook, index);
  const load = notebook.widgets[start];
  if (index > start && load instanceof CodeCell) {
    // Not awaited: the kernel may be busy for an hour.
    void CodeCell.execute(load, panel.sessionContext).catch(() => undefined);
  }
  await write(notebook, made);
}

/** Insert a cell below the active one and go there; it is not run. */
export async function insertCode(
  app: JupyterFrontEnd,
  panel: NotebookPanel,
  source: string
): Promise<void> {
  const notebook = panel.content;
  const shared = notebook.model?.sharedModel;
  if (!shared) {
    return;
  }
  const metadata = shared.cells.length ? { trusted: true } : {};
  const index = Math.min(notebook.activeCellIndex + 1, shared.cells.length);
  shared.insertCells(index, [{ cell_type: 'code', source, metadata }]);
  app.shell.activateById(panel.id);
  notebook.deselectAll();
  await goTo(notebook, index);
  await write(notebook, { source, cursor: { line: 0, column: source.length } });
}

/** Whether a cell loads the magics, or has shown that they are there. */
function knowsMagic({ model }: Notebook): boolean {
  return Array.from(model?.cells ?? []).some(
    cell =>
      cell.type === 'code' &&
      (loads(cell.sharedModel.getSource()) || shownBy(cell) !== '')
  );
}

async function write(notebook: Notebook, { cursor }: NewCell): Promise<void> {
  const cell = notebook.activeCell;
  await cell?.ready;
  if (cell && cell === notebook.activeCell) {
    notebook.mode = 'edit';
    cell.editor?.setCursorPosition(cursor);
    cell.editor?.focus();
  }
}

async function goTo(notebook: Notebook, index: number): Promise<void> {
  notebook.activeCellIndex = index;
  // JupyterLab gives a scroll up where a newer one, of its own, takes its place.
  await notebook.scrollToItem(index, 'smart').catch(() => undefined);
}

/** What an address ends with that opens a notebook at a cell. */
const AT_CELL = '#cell-id=';

/** Show a notebook, at one of its cells if that is still there. */
export async function openAtCell(
  app: JupyterFrontEnd,
  documents: IDocumentManager,
  path: string,
  cell: string
): Promise<void> {
  if (!documents.findWidget(path) && !('mode' in app.shell)) {
    // Notebook 7 has one document in each tab of the browser.
    const { baseUrl } = app.serviceManager.serverSettings;
    const address = URLExt.join(baseUrl, 'notebooks', URLExt.encodeParts(path));
    window.open(`${address}${AT_CELL}${encodeURIComponent(cell)}`, path);
    return;
  }
  const panel = documents.openOrReveal(path);
  if (panel instanceof NotebookPanel) {
    await showCell(panel, cell);
  }
}

/** Go to the cell that the page's address names, if it names one. */
export function followAddress(
  { hash }: Pick<Location, 'hash'>,
  tracker: INotebookTracker
): void {
  if (!hash.startsWith(AT_CELL)) {
    return;
  }
  const cell = decodeURIComponent(hash.slice(AT_CELL.length));
  const go = (): void => {
    if (tracker.currentWidget) {
      tracker.currentChanged.disconnect(go);
      void showCell(tracker.currentWidget, cell);
    }
  };
  tracker.currentChanged.connect(go);
  go();
}

async function showCell(panel: NotebookPanel, cell: string): Promise<void> {
  await panel.context.ready;
  await panel.revealed;
  const index = panel.content.widgets.findIndex(
    widget => widget.model.id === cell
  );
  if (index !== -1) {
    panel.content.deselectAll();
    await goTo(panel.content, index);
    panel.content.activate();
  }
}

/** Folder of the experiment that a cell's output shows; empty if none does. */
export function shownExperiment(cell: Cell | null): string {
  return cell ? shownBy(cell.model) : '';
}

function shownBy(model: ICellModel): string {
  if (model.type !== 'code') {
    return '';
  }
  const outputs = model.sharedModel.toJSON().outputs;
  for (const output of Array.isArray(outputs) ? outputs : []) {
    const data = (output as { data?: Record<string, unknown> }).data;
    if (data && RUN_MIME_TYPE in data) {
      try {
        const { path } = readRun(data[RUN_MIME_TYPE]).view;
        return path.split(/[/\\]/).filter(Boolean).at(-1) ?? '';
      } catch {
        // The output itself says what is wrong with it.
      }
    }
  }
  return '';
}
