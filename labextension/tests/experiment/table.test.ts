import { describe, expect, it, beforeEach } from 'vitest';
import { anExperiment, aRun } from '../experimentSource.js';
import { settle } from '../source.js';
import { source, all, find, text, button, open, three } from './liveView.js';

describe('the table of runs', () => {
  const rows = (): string[] =>
    all('.labbook-runs tbody tr').map(row => row.dataset.run!);
  const sort = (name: string): void =>
    all('.labbook-runs thead button')
      .find(node => node.textContent === name)!
      .click();
  const finals = [0.9, null, 0.95, 0.1];

  beforeEach(() => {
    source.show(
      anExperiment({
        varied: ['trees', 'kind'],
        runs: finals.map((accuracy, at) =>
          aRun(`00${at + 1}`, {
            state: 'finished',
            parameters: { trees: [300, 30, 1000, null][at], kind: 'forest' },
            seed: at,
            final: { accuracy }
          })
        )
      })
    );
    open();
  });

  it('sorts by numbers as numbers, with what is missing last', () => {
    expect(rows()).toEqual(['001', '002', '003', '004']);
    sort('trees');
    expect(rows()).toEqual(['002', '001', '003', '004']);
    expect(find('[aria-sort=ascending]').textContent).toBe('trees');
    sort('trees');
    expect(rows()).toEqual(['003', '001', '002', '004']);
    expect(find('[aria-sort=descending]').textContent).toBe('trees');
    sort('accuracy');
    expect(rows()).toEqual(['004', '001', '003', '002']);
    sort('accuracy');
    expect(rows()).toEqual(['003', '001', '004', '002']);
    sort('accuracy');
    expect(rows()).toEqual(['001', '002', '003', '004']);
    expect(all('[aria-sort]')).toEqual([]);
    sort('Run');
    sort('Run');
    expect(rows()).toEqual(['004', '003', '002', '001']);
    for (const name of ['kind', 'seed', 'State', 'Time']) {
      sort(name);
      expect(rows()).toEqual(['001', '002', '003', '004']);
    }
  });

  it('says of tainted runs in a word that they do not count, and why', () => {
    const [sound, tainted] = [
      aRun('001', { state: 'finished' }),
      aRun('002', { state: 'finished', taint: 'off by <b>one</b>' })
    ];
    source.show({ runs: [sound, tainted] });
    const cell = (label: string): string =>
      find(`[data-run="${label}"] .labbook-state`).textContent;
    expect(cell('001')).toBe('finished');
    expect(cell('002')).toContain('tainted');
    expect(cell('002')).toContain('off by <b>one</b>');
    const struck = (): string[] =>
      all('tr.labbook-tainted').map(each => each.dataset.run!);
    expect(struck()).toEqual(['002']);
    source.show({ runs: [{ ...sound, taint: 'so too' }, aRun('002')] });
    expect(cell('001')).toContain('so too');
    expect(cell('002')).not.toContain('tainted');
    expect(struck()).toEqual(['001']);
  });

  it('keeps its order, focus and rows while runs come and go', () => {
    sort('accuracy');
    const row = find('[data-run="001"]');
    button('Run 001').focus();
    source.show({
      runs: [
        aRun('001', { final: { accuracy: 0.99 }, seed: 0, seconds: 61 }),
        aRun('003', { final: { accuracy: 0.95 }, seed: 2 }),
        aRun('005', { final: { accuracy: 0.97 }, seed: 4 })
      ]
    });
    expect(rows()).toEqual(['003', '005', '001']);
    expect(find('[data-run="001"]')).toBe(row);
    expect(row.textContent).toContain('0.99');
    expect(row.textContent).toContain('1 min 1 s');
    expect(document.activeElement).toBe(button('Run 001'));
  });

  it('chooses a run, its output and its figures, and lets it go', async () => {
    source.write('002', 'from two\n');
    await settle();
    find('[data-run="002"] td').click();
    await settle();
    expect(button('Run 002').getAttribute('aria-pressed')).toBe('true');
    expect(all('.labbook-chosen')).toHaveLength(1);
    expect(find<HTMLSelectElement>('select').value).toBe('002');
    expect(text('pre')).toBe('from two');
    button('Run 002').click();
    expect(all('[aria-pressed=true].labbook-pick')).toEqual([]);
  });

  it('follows the choice of a run for the output', async () => {
    const choice = find<HTMLSelectElement>('.labbook-log select');
    expect([...choice.options].map(option => option.value)).toEqual([
      ...['001', '002', '003', '004']
    ]);
    choice.value = '003';
    choice.dispatchEvent(new Event('change'));
    await settle();
    expect(button('Run 003').getAttribute('aria-pressed')).toBe('true');
  });

  it('lets a run go that is no longer there', () => {
    button('Run 004').click();
    source.show({ runs: three('finished', 'finished') });
    expect(all('.labbook-chosen')).toEqual([]);
  });

  it('scrolls under its header once it is long', () => {
    expect(all('.labbook-tall')).toEqual([]);
    const states = Array.from({ length: 51 }, () => 'finished');
    source.show({ runs: three(...states) });
    expect(find('.labbook-tall').tabIndex).toBe(0);
  });

  it('aligns the decimals of a column', () => {
    const cells = all('.labbook-runs tr td:last-child');
    expect(cells.map(cell => cell.textContent)).toEqual([
      ...['0.90', 'NaN', '0.95', '0.10']
    ]);
  });

  it('is left out for a single run', () => {
    source.show({ runs: [aRun('001')] });
    expect(text('.labbook-runs')).toBe('');
  });
});
