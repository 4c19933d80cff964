import type { Words } from '../../data/words.js';
import { h, setText } from '../dom.js';
import { isolated } from '../run/parts.js';
import { number } from '../text.js';
import { extent, curve, lastPoint } from './curve.js';
import type { PlotData } from './host.js';
import type { Picture } from './picture.js';

/** What the lines show, for those who read better than they see. */
export class ValueTable {
  readonly node: HTMLDetailsElement;

  constructor(words: Words, opened: () => void) {
    const names = [
      words.__('Run'),
      words.__('Metric'),
      words.__('Last'),
      words.__('Min'),
      words.__('Max')
    ];
    const head = names.map((name, index) =>
      h('th', { scope: 'col', class: index > 1 && 'labbook-number' }, name)
    );
    this.node = h(
      'details',
      { class: 'labbook-plot-table' },
      h('summary', {}, words.__('Values as a table')),
      h(
        'div',
        { class: 'labbook-scroll', tabindex: 0 },
        h('table', {}, h('thead', {}, h('tr', {}, ...head)), this._body)
      )
    );
    this.node.addEventListener('toggle', () => {
      if (this.node.open) {
        opened();
      }
    });
  }

  /** Fill the table; nothing is worked out while it is closed. */
  show(
    data: PlotData,
    { groups, shownMetrics }: Picture,
    alone: ReadonlySet<string> | null
  ): void {
    if (!this.node.open) {
      return;
    }
    const rows = rowsOf(data, shownMetrics, alone, run => {
      const group = groups.find(each =>
        each.runs.some(({ label }) => label === run)
      );
      return groups.length > 1 && group ? `${run} · ${group.label}` : run;
    });
    rows.forEach((cells, index) => {
      const row = this._rows[index] ?? this._add();
      cells.forEach((text, column) => {
        setText(row[column]!, text);
      });
    });
    for (const gone of this._rows.splice(rows.length)) {
      gone[0]!.closest('tr')!.remove();
    }
  }

  /** Cells are kept, so that a reader's place in the table is. */
  private _add(): Element[] {
    const cells = [0, 1, 2, 3, 4].map(column => {
      const name = isolated('');
      const cell = column
        ? h('td', { class: column > 1 && 'labbook-number' }, name)
        : h('th', { scope: 'row' }, name);
      return [cell, name] as const;
    });
    this._body.append(h('tr', {}, ...cells.map(([cell]) => cell)));
    const names = cells.map(([, name]) => name);
    this._rows.push(names);
    return names;
  }

  private _body = h('tbody', {});
  private _rows: Element[][] = [];
}

function rowsOf(
  { lines, runs }: PlotData,
  metrics: readonly string[],
  alone: ReadonlySet<string> | null,
  name: (run: string) => string
): string[][] {
  return runs
    .filter(({ label }) => !alone || alone.has(label))
    .flatMap(({ label }) =>
      metrics.flatMap(metric => {
        const line = lines.find(
          each => each.run === label && each.metric === metric
        );
        const drawn = line && curve(line, 'step');
        const [low, high] = (drawn && extent(drawn)) ?? [null, null];
        const last = drawn && lastPoint(drawn);
        return last
          ? [[name(label), metric, number(last[1]), number(low), number(high)]]
          : [];
      })
    );
}
