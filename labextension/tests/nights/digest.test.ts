import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { overview } from '../labbookSource.js';
import { digest, result, subject } from '../nightsSource.js';
import {
  $,
  all,
  memories,
  morning,
  open,
  panel,
  press,
  source,
  spoken,
  tab,
  tool,
  type,
  view
} from '../panel/page.js';
import type { Result, Subject } from '../../src/data/digest.js';
import type { Outcome } from '../../src/data/run.js';

const chosen = (): string => $('[aria-selected=true]').textContent;
const settled = (): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, 0));
let shown: Subject[];

const FULL = digest({
  headline: '2 results are ready, 3 runs failed.',
  results: [
    result('warmup', {
      hypothesis: 'Yes.',
      verdicts: [
        {
          prediction: 'loss < 1',
          outcome: 'refuted',
          observed: '1.5 ± 0.1',
          reason: 'One run, no interval.',
          probability: 0.9
        }
      ],
      svg: '<svg width="320" height="190"></svg>',
      impact: 'One knob fewer.'
    }),
    result('forest', { conclusion: 'It <b>helps</b>.' }),
    result('look', { values: [['confused', '31']] })
  ],
  failures: [
    {
      subject: subject('batch', 4),
      ...{ state: 'failed', runs: ['001', '002', '003'], followed: ['004'] },
      reason: 'RuntimeError: <i>memory</i>',
      ended: '2026-11-22T04:10:00+01:00',
      tail: ['Traceback', '', 'RuntimeError']
    }
  ],
  delays: [
    {
      subject: subject('deep', 5),
      ...{ runs: ['001'], when: 'tonight', sentence: 'It did not fit.' }
    }
  ],
  absences: [
    { begin: '2026-11-22T04:30:00+01:00', end: '2026-11-22T06:00:00+01:00' }
  ],
  unconcluded: [
    {
      subject: subject('old', 6),
      ended: '2026-11-19T04:10:00+01:00',
      ...{ outcomes: ['supported'], conclusion: '' }
    }
  ],
  answers: [
    { subject: subject('forest'), text: 'Does it help?', outcomes: ['refuted'] }
  ],
  forecasts: { count: 22, hits: 17, expected: 0.8, brier: 0.15 },
  judgement: 'You are about as right as you think.',
  repeated: [
    {
      experiment: '0007-leak',
      why: 'leak was run again: <b>off</b> by one',
      changes: [['accuracy > 0.15', 'was refuted, is supported']],
      ...{ pairs: ['001 → 003: accuracy 0.1 → 0.2'], more: 'and 4 more runs' },
      verb: 'labbook compare leak'
    }
  ],
  searches: ['forest (max accuracy): 12 runs.'],
  totals: { results: 140 },
  problems: ['0009-x cannot be read.']
});

beforeEach(() => {
  shown = [];
  open(undefined, { show: each => shown.push(each) });
  source.show(overview({}));
});
afterEach(() => view.dispose());

describe('the morning', () => {
  it('tells of a batch together, and counts results alone', () => {
    const verdict = (outcome: Outcome): Partial<Result> => ({
      verdicts: [
        {
          prediction: 'a < 1',
          outcome,
          observed: '',
          reason: '',
          probability: null
        }
      ]
    });
    const batch = 'night-1';
    morning.show({
      digest: digest({
        results: [
          result('a', { batch, ...verdict('refuted') }),
          result('b', { batch, ...verdict('supported') }),
          result('c', { batch, ...verdict('refuted') }),
          result('d')
        ]
      })
    });
    expect(all('.labbook-batch').map(line => line.textContent)).toEqual([
      'night-1 · 3 experiments: 2 refuted, 1 supported',
      'in no batch · 1 experiment'
    ]);
    expect($('.labbook-batch + .labbook-told').textContent).toContain('a');
    expect($('.labbook-digest section h3').textContent).toBe('Ready 4');
    morning.show({ digest: digest({ results: [result('a'), result('b')] }) });
    expect(all('.labbook-batch')).toEqual([]);
  });

  it('is offered and shown where something is unread', () => {
    expect(tab('Morning').hidden).toBe(true);
    expect(chosen()).toBe('Runs');
    morning.show({ digest: digest() });
    expect(tab('Morning').hidden).toBe(false);
    expect(chosen()).toBe('Morning');
    expect(panel().textContent).toContain('One result is ready.');
  });

  it('is not shown where nothing is new', () => {
    morning.show({ digest: digest({ unread: false }) });
    expect(tab('Morning').hidden).toBe(true);
    expect(chosen()).toBe('Runs');
  });

  it('takes nobody away from what they have begun', () => {
    tab('Plan').click();
    morning.show({ digest: digest() });
    expect(chosen()).toBe('Plan');
    expect(tab('Morning').hidden).toBe(false);
  });

  it('goes when it is read, and comes back when it is asked for', async () => {
    morning.show({ digest: digest() });
    tool(panel(), 'Mark as read').click();
    morning.asked[0]!.resolve();
    await settled();
    expect(spoken()).toBe('Marked as read.');
    expect(chosen()).toBe('Runs');
    expect(document.activeElement).toBe(tab('Runs'));
    expect(tab('Morning').hidden).toBe(true);
    press('End');
    press('ArrowRight');
    expect(chosen()).toBe('Runs');
    view.show('morning');
    expect([chosen(), morning.refreshed]).toEqual(['Morning', 1]);
  });

  it('says why it could not be marked as read', async () => {
    morning.show({ digest: digest() });
    tool(panel(), 'Mark as read').click();
    morning.asked[0]!.reject(new Error('The disk is full.'));
    await settled();
    expect($('.labbook-digest > .labbook-note').textContent).toBe(
      'The disk is full.'
    );
    expect(chosen()).toBe('Morning');
  });

  it('is not where a person is taken the next time', () => {
    morning.show({ digest: digest() });
    view.dispose();
    open(memories.at(-1));
    expect(chosen()).toBe('Runs');
  });
});

describe('a digest', () => {
  beforeEach(() => morning.show({ digest: FULL }));
  const card = (title: string): HTMLElement =>
    all('.labbook-told').find(each => each.textContent.includes(title))!;

  it('sets what was predicted against what was observed', () => {
    const told = card('warmup').textContent;
    for (const part of ['Is warmup so?', '✗ refuted', 'loss < 1', '90 %']) {
      expect(told).toContain(part);
    }
    expect(told).toContain('1.5 ± 0.1');
    const plot = card('warmup').querySelector('img')!;
    expect(plot.src).toMatch(/^data:image\/svg/);
    expect([plot.width, plot.height]).toEqual([320, 190]);
    expect(plot.alt).toBe('Plot of warmup');
    expect(card('look').textContent).toContain('confused31');
  });

  it('sets old against new, and tells what was searched meanwhile', () => {
    morning.show({ digest: FULL });
    const [again] = [...panel().querySelectorAll('section')].filter(part =>
      part.textContent.startsWith('Run again')
    );
    for (const said of [
      'leak was run again: <b>off</b> by one',
      'accuracy > 0.15 was refuted, is supported',
      '001 → 003: accuracy 0.1 → 0.2',
      'and 4 more runs',
      'labbook compare leak'
    ]) {
      expect(again!.textContent).toContain(said);
    }
    expect(panel().textContent).toContain('forest (max accuracy): 12 runs.');
  });

  it('tells what failed, what did not start, and who was not there', () => {
    expect(card('batch').textContent).toContain(
      '3 runs: RuntimeError: <i>memory</i>'
    );
    expect(card('batch').textContent).toContain('Gone on as run 004.');
    expect(card('batch').querySelector('pre')!.textContent).toBe(
      'Traceback\n\nRuntimeError'
    );
    expect(card('deep').textContent).toContain('one run: It did not fit.');
    expect(panel().textContent).toContain(
      'Nobody served the queue from 04:30 to 06:00'
    );
    expect(panel().textContent).toContain('0009-x cannot be read.');
    expect(card('Does it help?').textContent).toContain('✗ refuted');
  });

  it('gives hours, days and forecasts in words too', () => {
    const told = $('.labbook-strip').textContent;
    expect(told).toContain('1 refuted');
    expect(told).toContain('3 of 9 h used');
    expect(told).toContain('2 days in a row');
    expect(told).toContain('17 of 22 came true');
    expect(told).toContain('about as right');
    expect(panel().querySelector('h3')!.textContent).toBe('Ready 140');
  });

  it('leads to the notebook', () => {
    card('warmup').querySelector<HTMLElement>('.labbook-title')!.click();
    expect(shown.map(({ name }) => name)).toEqual(['warmup']);
  });

  it('takes a conclusion in place, which another look does not take away', async () => {
    const old = card('Is old so?');
    expect(card('forest').textContent).toContain('It <b>helps</b>.');
    tool(old, 'Conclude').click();
    const field = old.querySelector('textarea')!;
    expect(document.activeElement).toBe(field);
    type(field, 'Kept.');
    morning.show({ digest: { ...FULL, headline: 'Another.' } });
    expect(field.isConnected).toBe(true);
    tool(old, 'Save').click();
    expect(source.asked.at(-1)!.what).toBe('conclude 0006-old: Kept. ()');
    source.asked.at(-1)!.resolve();
    await settled();
    expect(morning.refreshed).toBe(1);
    expect(spoken()).toBe('Conclusion stored.');
  });

  it('is drawn with less where there is less', () => {
    morning.show({
      digest: digest({
        ...{ results: [], experiments: 0, unread: false, read: FULL.since },
        headline: 'This labbook is still empty.'
      })
    });
    expect(all('.labbook-digest section')).toEqual([]);
    expect($('.labbook-strip')).toBeNull();
    expect(tool($('.labbook-digest'), 'Mark as read')).toBeUndefined();
  });
});
