import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExperimentRow } from '../src/data/labbook.js';
import type { PlanItem } from '../src/data/plan.js';
import {
  PanelView,
  type PanelHost,
  type PanelMemory
} from '../src/views/panel.js';
import { HeldLabbook, overview, row } from './labbookSource.js';
import { HeldSource, item, settle } from './source.js';

let source: HeldLabbook;
let plan: HeldSource;
let view: PanelView;
let opened: ExperimentRow[];
let made: PlanItem[];
let memories: PanelMemory[];
let begun: number;

function open(memory?: PanelMemory, host: Partial<PanelHost> = {}): void {
  source = new HeldLabbook();
  plan = new HeldSource([item('question', 'Why?'), item('test', 'augment()')]);
  opened = [];
  made = [];
  memories = [];
  begun = 0;
  view = new PanelView({
    labbook: source,
    plan,
    ...(memory && { memory }),
    host: {
      open: each => opened.push(each),
      newExperiment: () => (begun += 1),
      makeExperiment: each => made.push(each),
      remember: each => memories.push(each),
      ...host
    }
  });
  document.body.replaceChildren(view.node);
}

const $ = <T extends HTMLElement = HTMLElement>(selector: string): T =>
  view.node.querySelector<T>(selector)!;
const all = (selector: string): HTMLElement[] => [
  ...view.node.querySelectorAll<HTMLElement>(selector)
];
const group = (name: string): HTMLElement => $(`[data-group="${name}"]`);
const rows = (name: string): HTMLElement[] => [
  ...group(name).querySelectorAll<HTMLElement>('.labbook-item')
];
const names = (name: string): string[] =>
  rows(name).map(each => each.querySelector('bdi')!.textContent);
const main = (of: HTMLElement): HTMLElement =>
  of.querySelector<HTMLElement>('.labbook-item-main')!;
const tool = (of: HTMLElement, label: string): HTMLButtonElement =>
  [...of.querySelectorAll('button')].find(
    each => (each.title || each.textContent).startsWith(label) && !each.hidden
  )!;
const tab = (title: string): HTMLElement =>
  all('[role=tab]').find(each => each.textContent === title)!;
const panel = (): HTMLElement => $('[role=tabpanel]:not([hidden])');
const spoken = (): string => $('.labbook-panel > .labbook-spoken').textContent;

function press(key: string, more: KeyboardEventInit = {}): void {
  document.activeElement!.dispatchEvent(
    new KeyboardEvent('keydown', {
      ...{ key, bubbles: true, cancelable: true },
      ...more
    })
  );
}

function type(
  field: HTMLInputElement | HTMLTextAreaElement,
  text: string
): void {
  field.focus();
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

const LIVE = row(12, 'depth', {
  states: { finished: 3, waiting: 5, running: 2 },
  progress: { done: 41, total: 100, remaining: 190, text: '' }
});
const WAITING = row(13, 'tonight', { states: { waiting: 24 } });
const ENDED = row(9, 'wider', {
  verdicts: ['supported', 'refuted', 'supported', 'pending']
});
const FAILED = row(8, 'noisy', {
  states: { failed: 1 },
  reason: 'ValueError: <b>no</b>\u202e'
});
const FULL = overview({
  ...{ running: [LIVE], waiting: [WAITING] },
  ...{ unconcluded: [ENDED], failed: [FAILED] }
});

beforeEach(() => open());
afterEach(() => {
  view.dispose();
  vi.useRealTimers();
});

describe('tabs', () => {
  it('are chosen by arrows and clicks, one of them in the order of Tab', () => {
    source.show(FULL);
    view.focus();
    expect(document.activeElement).toBe(tab('Runs'));
    press('ArrowLeft');
    expect(document.activeElement).toBe(tab('Labbook'));
    press('Home');
    press('ArrowRight');
    expect(document.activeElement).toBe(tab('Plan'));
    expect(all('[role=tab]').map(each => each.tabIndex)).toEqual([-1, 0, -1]);
    expect(panel().getAttribute('aria-labelledby')).toBe(tab('Plan').id);
    expect(tab('Plan').getAttribute('aria-controls')).toBe(panel().id);
    tab('Runs').click();
    expect(tab('Runs').getAttribute('aria-selected')).toBe('true');
    expect(memories.map(each => each.tab)).toEqual([
      'runs',
      'labbook',
      'runs',
      'plan',
      'runs'
    ]);
  });

  it('are where their reader left them', () => {
    view.dispose();
    open({ tab: 'plan', folded: ['running'] });
    source.show(FULL);
    expect(panel().querySelector('.labbook-plan')).not.toBeNull();
    tab('Runs').click();
    const head = group('running').querySelector('h3 button')!;
    expect(head.getAttribute('aria-expanded')).toBe('false');
  });
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

describe('an empty place', () => {
  it('says that it is looking until it knows', () => {
    expect(panel().textContent).toContain('Looking into the labbook');
  });

  it('begins an experiment where nothing runs', () => {
    source.show(overview({}));
    expect(panel().textContent).toContain('Nothing runs');
    tool(panel(), 'New experiment cell').click();
    expect(begun).toBe(1);
  });

  it('says how a labbook begins', () => {
    source.show(null, { labbook: '' });
    const text = $('.labbook-panel > .labbook-blank').textContent;
    expect(text).toContain('No labbook here yet');
    expect(text).toContain('%%experiment');
    tool(view.node, 'New experiment cell').click();
    expect(begun).toBe(1);
    source.show(FULL, { labbook: 'labbook' });
    expect($('.labbook-panel > .labbook-blank').hidden).toBe(true);
    expect(names('running')).toEqual(['depth']);
  });

  it('says that it looks for a labbook, and why it finds none', () => {
    const freshness = {
      contact: 'polling',
      since: null,
      sentence: ''
    } as const;
    source.show(null, { labbook: '', freshness });
    const text = (): string => $('.labbook-panel > .labbook-blank').textContent;
    expect(text()).toBe('Looking for a labbook …');
    const sentence = 'The server extension is not enabled.';
    source.show(null, { freshness: { ...freshness, sentence } });
    expect(text()).toContain(sentence);
    expect(text()).not.toContain('New experiment');
  });

  it('offers no cell where there is no notebook to hold it', () => {
    view.dispose();
    const plan = new HeldSource([item('question', 'Why?')]);
    source = new HeldLabbook();
    const host = { open: () => undefined, remember: () => undefined };
    view = new PanelView({ labbook: source, plan, host });
    source.show(overview({}));
    expect(tool(view.node, 'New experiment cell')).toBeUndefined();
    expect(view.node.querySelector('[title^="Make it"]')).toBeNull();
  });
});

describe('freshness', () => {
  const status = (): string =>
    $('.labbook-panel > footer .labbook-status').textContent;

  it('is silent while all is live', () => {
    source.show(FULL);
    expect(status()).toBe('');
  });

  it.each([
    ['polling', '', 'Looks every few seconds.'],
    ['stale', '', 'The server does not answer. This is how it was at '],
    ['stale', 'The disk is slow.', 'The disk is slow. This is how it was at '],
    ['unauthorized', '', 'Your session has ended; log in again.'],
    ['gone', '', 'The labbook is gone.']
  ] as const)('is told when it is %s', (contact, sentence, expected) => {
    const since = new Date();
    source.show(FULL, { freshness: { contact, since, sentence } });
    expect(status()).toContain(expected);
  });
});

describe('the plan', () => {
  it('makes an experiment of a question, and says so', () => {
    source.show(FULL);
    tab('Plan').click();
    const check = $<HTMLInputElement>('[data-list=question] .labbook-check');
    check.focus();
    press('e');
    expect(made.map(each => each.text)).toEqual(['Why?']);
    expect(spoken()).toBe('A cell for it is below the active cell.');
    tool($('[data-list=question]'), 'Make it an experiment').click();
    expect(made).toHaveLength(2);
    const test = $('[data-list=test]');
    expect(tool(test, 'Make it')).toBeUndefined();
    test.querySelector<HTMLElement>('.labbook-check')!.focus();
    press('e');
    expect(made).toHaveLength(2);
  });
});

describe('the whole labbook', () => {
  const cards = (): HTMLElement[] => all('.labbook-card');
  const field = (): HTMLInputElement =>
    $<HTMLInputElement>('.labbook-search input');
  const answer = async (
    at: number,
    count: number,
    cursor = ''
  ): Promise<void> => {
    const found = Array.from({ length: count }, (_, index) =>
      row(index, `e${at}-${index}`, {
        ...{ conclusion: 'Learned <i>it</i>.', hypothesis: 'h' },
        ...{ tags: ['digits'], verdicts: ['supported'] }
      })
    );
    source.answers[at]!.resolve({ rows: found, total: 120, cursor });
    await settle();
  };

  beforeEach(() => {
    source.show(FULL);
    tab('Labbook').click();
  });

  it('is shown newest first until someone searches', async () => {
    expect(source.searches).toEqual([['', undefined]]);
    await answer(0, 2);
    expect(cards()).toHaveLength(2);
    expect(cards()[0]!.textContent).toContain('Learned Learned <i>it</i>.');
    expect($('.labbook-found').textContent).toBe('120 experiments');
    cards()[1]!.querySelector('button')!.click();
    expect(opened.map(each => each.name)).toEqual(['e0-1']);
  });

  it('is searched after a pause; a late answer changes nothing', async () => {
    vi.useFakeTimers();
    type(field(), 'forest');
    vi.runAllTimers();
    vi.useRealTimers();
    expect(source.searches.at(-1)).toEqual(['forest', undefined]);
    await answer(1, 1);
    await answer(0, 5);
    expect(cards()).toHaveLength(1);
  });

  it('goes on where the last page ended, and goes there', async () => {
    await answer(0, 2, 'next');
    tool($('.labbook-search'), 'More').click();
    expect(source.searches.at(-1)).toEqual(['', 'next']);
    await answer(1, 2);
    expect(cards()).toHaveLength(4);
    expect(cards()[2]!.contains(document.activeElement)).toBe(true);
    expect($('.labbook-search > .labbook-more').hidden).toBe(true);
  });

  it('says why a search failed, and that nothing was found', async () => {
    source.answers[0]!.reject(new Error('The server does not answer.'));
    await settle();
    expect($('.labbook-search > .labbook-note').textContent).toBe(
      'The server does not answer.'
    );
    field().value = 'xyz';
    field().focus();
    press('Enter');
    source.answers[1]!.resolve({ rows: [], total: 0, cursor: '' });
    await settle();
    expect($('.labbook-search > .labbook-note').hidden).toBe(true);
    expect($('.labbook-found').textContent).toContain('Nothing found');
  });

  it('is walked through by the arrow keys', async () => {
    await answer(0, 3);
    field().focus();
    press('ArrowDown');
    press('ArrowDown');
    expect(cards()[1]!.contains(document.activeElement)).toBe(true);
    const stops = all('.labbook-card-main').map(each => each.tabIndex);
    expect(stops).toEqual([-1, 0, -1]);
    press('End');
    press('Home');
    press('ArrowUp');
    expect(document.activeElement).toBe(field());
    press('/');
    expect(document.activeElement).toBe(field());
  });

  it('is searched by a tag', async () => {
    await answer(0, 1);
    tool(cards()[0]!, 'Search for digits').click();
    expect(source.searches.at(-1)).toEqual(['digits', undefined]);
    expect(field().value).toBe('digits');
  });

  it('follows what happens, unless its reader has gone further', async () => {
    await answer(0, 2, 'next');
    source.show({ ...FULL, counts: { running: 9 } });
    expect(source.searches).toHaveLength(2);
    await answer(1, 2, 'next');
    tool($('.labbook-search'), 'More').click();
    await answer(2, 2);
    source.show({ ...FULL, counts: { running: 8 } });
    expect(source.searches).toHaveLength(3);
  });

  it('says that an experiment came from no notebook', async () => {
    const found = [row(1, 'cli', { notebook: '' })];
    source.answers[0]!.resolve({ rows: found, total: 1, cursor: '' });
    await settle();
    cards()[0]!.querySelector('button')!.click();
    expect($('.labbook-search > .labbook-note').textContent).toContain(
      'cli: It was not started from a notebook'
    );
    expect(opened).toEqual([]);
  });
});

it('ends without a trace', () => {
  source.show(FULL);
  view.dispose();
  expect(source.listeners.size).toBe(0);
  expect(plan.listeners).toBe(0);
  expect(document.body.children).toHaveLength(0);
});
