import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { english } from '../../src/data/words.js';
import { FreshnessView } from '../../src/views/experiment/freshness.js';
import { PanelView } from '../../src/views/panel.js';
import { troubleWord } from '../../src/views/panel/words.js';
import { HeldLabbook, overview } from '../labbookSource.js';
import { HeldDigest, HeldQueue } from '../nightsSource.js';
import { HeldSource, item } from '../source.js';
import {
  $,
  all,
  begun,
  FULL,
  group,
  made,
  memories,
  names,
  open,
  panel,
  plan,
  press,
  source,
  spoken,
  tab,
  tool,
  view
} from './page.js';

beforeEach(() => open());
afterEach(() => view.dispose());

describe('tabs', () => {
  it('are chosen by arrows and clicks, one of them in the order of Tab', () => {
    source.show(FULL);
    view.focus();
    expect(document.activeElement).toBe(tab('Runs'));
    press('ArrowLeft');
    expect(document.activeElement).toBe(tab('Labbook'));
    press('Home');
    press('ArrowRight');
    expect(document.activeElement).toBe(tab('Queue'));
    press('ArrowRight');
    expect(document.activeElement).toBe(tab('Plan'));
    const offered = all('[role=tab]:not([hidden])');
    expect(offered.map(each => each.tabIndex)).toEqual([-1, -1, 0, -1]);
    expect(panel().getAttribute('aria-labelledby')).toBe(tab('Plan').id);
    expect(tab('Plan').getAttribute('aria-controls')).toBe(panel().id);
    tab('Runs').click();
    expect(tab('Runs').getAttribute('aria-selected')).toBe('true');
    expect(memories.map(each => each.tab)).toEqual([
      'runs',
      'labbook',
      'runs',
      'queue',
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
    expect(text).toContain('%load_ext jupyter_labbook');
    expect($<HTMLElement>('.labbook-panel > footer').hidden).toBe(true);
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
    const plan = new HeldSource([item('question', 'Why?')]);
    const source = new HeldLabbook();
    const [queue, digest] = [new HeldQueue(), new HeldDigest()];
    const host = {
      open: () => undefined,
      copy: () => Promise.resolve(),
      remember: () => undefined
    };
    const view = new PanelView({ labbook: source, plan, queue, digest, host });
    source.show(overview({}));
    expect(tool(view.node, 'New experiment cell')).toBeUndefined();
    expect(view.node.querySelector('[title^="Make it"]')).toBeNull();
    view.dispose();
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
    ['stale', '', 'the server does not answer; trying again.'],
    ['stale', 'The disk is slow.', 'the disk is slow.'],
    ['unauthorized', '', 'your session has ended; log in again'],
    ['gone', '', 'what was shown is gone; was it moved?']
  ] as const)('is told when it is %s', (contact, sentence, expected) => {
    const since = new Date();
    source.show(FULL, { freshness: { contact, since, sentence } });
    expect(status()).toContain(expected);
    const old = contact !== 'polling';
    expect(status().startsWith('Shown as of ')).toBe(old);
    expect(names('running')).toEqual(['depth']);
  });

  it('is told in the words of the run view', () => {
    const run = new FreshnessView(english);
    document.body.append(run.node);
    vi.useFakeTimers();
    for (const contact of ['gone', 'stale', 'unauthorized'] as const) {
      for (const since of [null, new Date()]) {
        const freshness = {
          contact,
          since,
          sentence: 'The <b>disk</b> is away.'
        };
        source.show(FULL, { freshness });
        run.update(freshness);
        vi.runAllTimers();
        expect(status()).toContain('<b>');
        expect(run.node.textContent).toBe(status());
      }
    }
    vi.useRealTimers();
    run.node.remove();
  });

  it('has a few words where there is no room for more', () => {
    const said = (
      ['live', 'polling', 'stale', 'unauthorized', 'gone'] as const
    ).map(contact => troubleWord(contact, english));
    expect(said.slice(0, 2)).toEqual(['', '']);
    expect(new Set(said.slice(2)).size).toBe(3);
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

it('ends without a trace', () => {
  source.show(FULL);
  view.dispose();
  expect(source.listeners.size).toBe(0);
  expect(plan.listeners).toBe(0);
  expect(document.body.children).toHaveLength(0);
});
