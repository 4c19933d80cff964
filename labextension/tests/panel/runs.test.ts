import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { english } from '../../src/data/words.js';
import { countWords } from '../../src/views/notice.js';
import { overview, row } from '../labbookSource.js';
import { settle } from '../source.js';
import {
  $,
  all,
  ENDED,
  FULL,
  group,
  LIVE,
  main,
  memories,
  names,
  open,
  opened,
  panel,
  press,
  rows,
  source,
  spoken,
  tab,
  tool,
  type,
  view
} from './page.js';

beforeEach(() => open());
afterEach(() => {
  view.dispose();
  vi.useRealTimers();
});

describe('runs', () => {
  beforeEach(() => source.show(FULL));

  it('are shown in groups with their counts, empty ones too', () => {
    const heads = all('.labbook-group-head').map(each => each.textContent);
    expect(heads).toEqual([
      'Running1',
      'Waiting1',
      'Needs a conclusion1',
      'Failed1',
      'Finished today'
    ]);
  });

  it('say how many do not count any more', () => {
    const tainted = row(21, 'cut', { states: { finished: 3 }, tainted: 2 });
    source.show({
      ...FULL,
      groups: { ...FULL.groups, unconcluded: [{ ...tainted }] }
    });
    expect(group('unconcluded').textContent).toContain('3 finished');
    expect(group('unconcluded').textContent).toContain('2 tainted');
  });

  it('are counted as the status bar does; experiments say that they are', () => {
    const counts = { running: 2, waiting: 29, finished: 4 };
    source.show({ ...FULL, counts });
    expect($('.labbook-counts').firstElementChild!.textContent).toBe(
      countWords(counts, english)
    );
    const head = group('unconcluded').querySelector('h3 button')!;
    expect(head.getAttribute('aria-label')).toBe(
      'Needs a conclusion: 1 experiment'
    );
    source.show({ ...FULL, counts: { finished: 4 } });
    expect($('.labbook-counts').textContent).toContain('Nothing runs or waits');
    source.show(overview({}));
    expect($('.labbook-counts').hidden).toBe(true);
  });

  it('say when they ended, and what was learned of what is over', () => {
    const [ended, conclusion] = ['2026-03-01T09:00:00Z', 'Width is <b>enough.'];
    source.show(
      overview({
        running: [{ ...LIVE, ended: '', conclusion }],
        unconcluded: [{ ...ENDED, ended }],
        today: [row(4, 'done', { ended, conclusion })]
      })
    );
    const time = (name: string): HTMLTimeElement =>
      rows(name)[0]!.querySelector('time')!;
    expect(time('running').textContent).toBe('');
    expect(time('unconcluded').dateTime).toBe(ended);
    expect(time('unconcluded').title).toContain('Ended');
    const lesson = (name: string): HTMLElement =>
      rows(name)[0]!.querySelector('.labbook-item-lesson')!;
    expect(lesson('today').textContent).toBe(conclusion);
    expect(lesson('running').hidden).toBe(true);
  });

  it('show states, progress, verdicts and reasons', () => {
    const chips = (name: string): [string, string | undefined][] =>
      [...rows(name)[0]!.querySelectorAll<HTMLElement>('.labbook-chip')].map(
        each => [each.textContent, each.dataset.tone]
      );
    expect(chips('running')).toEqual([
      ['2 running', 'accent'],
      ['5 waiting', 'quiet'],
      ['3 finished', 'quiet']
    ]);
    expect(rows('running')[0]!.textContent).toContain('41 %, about 4 min left');
    expect(chips('unconcluded')).toEqual([
      ['2 supported', 'good'],
      ['refuted', 'bad'],
      ['finished', 'quiet']
    ]);
    expect(rows('failed')[0]!.textContent).toContain(
      'ValueError: <b>no</b>\\u202e'
    );
    expect(view.node.querySelector('b')).toBeNull();
  });

  it('open their notebook by click and by Enter, if they have one', () => {
    main(rows('running')[0]!).click();
    expect(opened).toEqual([LIVE]);
    source.show(overview({ running: [{ ...LIVE, notebook: '' }] }));
    main(rows('running')[0]!).click();
    expect(opened).toHaveLength(1);
    expect(rows('running')[0]!.textContent).toContain(
      'not started from a notebook'
    );
  });

  it('stop after one question', async () => {
    main(rows('running')[0]!).focus();
    press('s');
    expect(rows('running')[0]!.textContent).toContain('Stop its 7 runs?');
    expect(document.activeElement!.textContent).toBe('Stop');
    press('Escape');
    expect(document.activeElement).toBe(main(rows('running')[0]!));
    expect(source.asked).toEqual([]);

    press('s');
    (document.activeElement as HTMLElement).click();
    expect(source.asked[0]!.what).toBe('stop 0012-depth');
    expect(rows('running')[0]!.getAttribute('aria-busy')).toBe('true');
    source.asked[0]!.resolve();
    await settle();
    expect(rows('running')[0]!.hasAttribute('aria-busy')).toBe(false);
    expect(spoken()).toBe('Stopping depth.');
  });

  it('say why they cannot be stopped', async () => {
    tool(rows('waiting')[0]!, 'Stop').click();
    tool(rows('waiting')[0]!, 'Stop').click();
    const stop = [...rows('waiting')[0]!.querySelectorAll('button')].find(
      each => each.textContent === 'Stop'
    )!;
    stop.click();
    source.asked[0]!.reject(new Error('The disk does not answer.'));
    await settle();
    expect(rows('waiting')[0]!.textContent).toContain(
      'The disk does not answer.'
    );
  });

  it('run again when they have ended, and cannot be stopped then', async () => {
    const ended = rows('unconcluded')[0]!;
    expect(tool(ended, 'Stop (')).toBeUndefined();
    main(ended).focus();
    press('s');
    press('r');
    expect(source.asked.map(each => each.what)).toEqual(['rerun 0009-wider']);
    source.asked[0]!.resolve();
    await settle();
    expect(spoken()).toBe('wider runs again.');
    expect(tool(rows('running')[0]!, 'Run again')).toBeUndefined();
  });

  it('are concluded in place; a refusal keeps what was typed', async () => {
    main(rows('unconcluded')[0]!).focus();
    press('c');
    const field = document.activeElement as HTMLTextAreaElement;
    type(field, '  ');
    press('Enter', { ctrlKey: true });
    expect(source.asked).toEqual([]);
    type(field, 'Width is enough.');
    press('Enter', { ctrlKey: true });
    press('Enter', { ctrlKey: true });
    expect(source.asked.map(each => each.what)).toEqual([
      'conclude 0009-wider: Width is enough. ()'
    ]);
    source.asked[0]!.reject(new Error('Somebody else concluded it.'));
    await settle();
    expect(rows('unconcluded')[0]!.textContent).toContain('Somebody else');
    expect(field.isConnected).toBe(true);
    expect(field.value).toBe('Width is enough.');

    tool(rows('unconcluded')[0]!, 'Save').click();
    source.asked[1]!.resolve();
    await settle();
    expect(field.isConnected).toBe(false);
    expect(spoken()).toBe('Conclusion stored.');
  });

  it('stay in place while someone writes, whatever the state says', () => {
    const before = rows('unconcluded')[0]!;
    main(before).focus();
    press('c');
    const field = document.activeElement;
    source.show(overview({ running: [LIVE], unconcluded: [row(3, 'other')] }));
    expect(names('unconcluded')).toEqual(['wider', 'other']);
    expect(document.activeElement).toBe(field);
    press('Escape');
    source.show(overview({ running: [LIVE], unconcluded: [row(3, 'other')] }));
    expect(names('unconcluded')).toEqual(['other']);
    expect(document.activeElement).toBe(main(rows('unconcluded')[0]!));
  });

  it('keep their nodes, and the focus, from state to state', () => {
    const node = rows('running')[0]!;
    main(node).focus();
    source.show(
      overview({ running: [row(14, 'new'), { ...LIVE, reason: 'x' }] })
    );
    expect(rows('running')[1]).toBe(node);
    expect(document.activeElement).toBe(main(node));
  });

  it('are walked through by the arrow keys, and fold', () => {
    main(rows('running')[0]!).focus();
    press('ArrowDown');
    expect(document.activeElement!.textContent).toBe('Waiting1');
    press('ArrowDown');
    expect(document.activeElement).toBe(main(rows('waiting')[0]!));
    press('ArrowLeft');
    press('ArrowLeft');
    expect(memories.at(-1)!.folded).toEqual(['waiting']);
    press('ArrowDown');
    expect(document.activeElement!.textContent).toBe('Needs a conclusion1');
    press('ArrowUp');
    press('ArrowRight');
    expect(memories.at(-1)!.folded).toEqual([]);
    press('Home');
    expect(document.activeElement!.textContent).toBe('Running1');
    press('End');
    expect(document.activeElement!.textContent).toBe('Finished today');
  });

  it('have one row in the order of Tab, never a folded one', () => {
    const stops = (): string[] =>
      all('.labbook-item-main')
        .filter(each => each.tabIndex === 0)
        .map(each => each.querySelector('bdi')!.textContent);
    expect(stops()).toEqual(['depth']);
    main(rows('failed')[0]!).focus();
    expect(stops()).toEqual(['noisy']);
    press('ArrowLeft');
    press('ArrowLeft');
    source.show(FULL);
    expect(stops()).toEqual(['depth']);
  });

  it('are filtered by text, after a pause, and by tag', () => {
    vi.useFakeTimers();
    source.show({ ...FULL, tags: ['digits', '<i>'] });
    type($<HTMLInputElement>('input'), ' wide');
    expect(source.filters).toEqual([]);
    vi.runAllTimers();
    expect(source.filters).toEqual([['wide', '']]);
    const tags = $<HTMLSelectElement>('select');
    expect([...tags.options].map(each => each.text)).toEqual([
      'All tags',
      'digits',
      '<i>'
    ]);
    tags.value = 'digits';
    tags.dispatchEvent(new Event('change'));
    expect(source.filters.at(-1)).toEqual(['wide', 'digits']);
    source.show({ ...FULL, tags: [] });
    expect(tags.value).toBe('digits');
  });

  it('say that nothing fits a filter, and clear it', () => {
    type($<HTMLInputElement>('input'), 'xyz');
    source.show(overview({}));
    expect(panel().textContent).toContain('Nothing here fits the filter.');
    tool(panel(), 'Clear').click();
    expect(source.filters.at(-1)).toEqual(['', '']);
    expect(document.activeElement).toBe($('input'));
    source.show(FULL);
    expect($('.labbook-runs .labbook-blank').hidden).toBe(true);
  });

  it('say how many more there are, and offer to search them', () => {
    const totals = { ...FULL.totals, unconcluded: 63 };
    source.show({ ...FULL, totals });
    type($<HTMLInputElement>('input'), 'wide');
    tool(group('unconcluded'), '62 more').click();
    expect(tab('Labbook').getAttribute('aria-selected')).toBe('true');
    expect(source.searches.at(-1)).toEqual(['wide', undefined]);
  });

  it('tell what of the labbook cannot be read', () => {
    source.show({ ...FULL, problems: ['0003 has no experiment.md.'] });
    expect($('.labbook-runs .labbook-problem').textContent).toBe(
      '0003 has no experiment.md.'
    );
  });

  it('let / go to the filter, except from a text', () => {
    main(rows('running')[0]!).focus();
    press('/');
    expect(document.activeElement).toBe($('input'));
    tool(rows('unconcluded')[0]!, 'Conclude').click();
    const field = document.activeElement;
    press('/');
    expect(document.activeElement).toBe(field);
  });
});
