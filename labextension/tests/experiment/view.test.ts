import { describe, expect, it, vi } from 'vitest';
import { anExperiment, aRun } from '../experimentSource.js';
import { source, view, all, find, text, open, verdict } from './liveView.js';

describe('a run view', () => {
  it('is busy until the first answer, then shows what was asked', () => {
    open();
    expect(view.node.getAttribute('aria-busy')).toBe('true');
    expect(text('.labbook-empty')).toBe('Reading the experiment…');
    source.show(
      anExperiment({
        verdicts: [verdict('supported')],
        tags: ['digits'],
        impact: 'Look at depth next.',
        note: 'Version 2.'
      })
    );
    expect(view.node.hasAttribute('aria-busy')).toBe(false);
    expect(text('h2')).toBe('Does a wider forest still help?');
    expect(text('.labbook-hypothesis')).toBe(
      'Hypothesis Hardly.|Impact Look at depth next.'
    );
    expect(text('.labbook-tag')).toBe('digits');
    expect(text('.labbook-note')).toBe('Version 2.');
    const chip = find('.labbook-verdicts .labbook-chip');
    expect([chip.textContent, chip.dataset.tone]).toEqual([
      'supported',
      'good'
    ]);
    expect(text('.labbook-verdicts')).toContain('expected with 80 %');
    expect(text('dl')).toContain('trees100');
  });

  it('marks an experiment that only has a reason as exploring', () => {
    source.show(anExperiment({ question: '', why: 'To see the noise' }));
    open();
    expect(text('h2')).toBe('To see the noise');
    expect(text('.labbook-name .labbook-chip')).toBe('exploring');
  });

  it('keeps every node that need not change', () => {
    source.show(anExperiment({ verdicts: [verdict('pending')] }));
    open();
    const nodes = all('*');
    const mutations = new MutationObserver(() => undefined);
    mutations.observe(view.node, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true
    });
    source.show({});
    expect(mutations.takeRecords()).toEqual([]);
    expect(all('*')).toEqual(nodes);
  });

  it('shows hostile text as text', () => {
    const evil = '<img src=x onerror=alert(1)>\u202e';
    source.next = [[evil, evil]];
    source.show(
      anExperiment({
        ...{ question: evil, hypothesis: evil, note: evil, name: evil },
        ...{ conclusion: evil, tags: [evil], varied: [evil] },
        verdicts: [{ ...verdict('refuted'), prediction: evil, reason: evil }],
        runs: [
          aRun(evil, { state: 'failed', reason: evil, final: { [evil]: 1 } }),
          aRun('2', { state: evil, parameters: { [evil]: evil } })
        ]
      })
    );
    source.write(evil, evil);
    open();
    expect(all('img, script')).toEqual([]);
    expect(view.node.textContent).not.toContain('\u202e');
    expect(text('h2')).toContain('<img src=x onerror=alert(1)>\\u202e');
  });

  it('tells the source whether it is seen, and leaves when it is disposed', () => {
    const observed: { callback: (entries: object[]) => void; off: boolean }[] =
      [];
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        constructor(callback: (entries: object[]) => void) {
          observed.push({ callback, off: false });
        }
        observe(): void {}
        disconnect(): void {
          observed[0]!.off = true;
        }
      }
    );
    open();
    expect(source.visible).toBe(false);
    observed[0]!.callback([{ isIntersecting: true }]);
    expect(source.visible).toBe(true);
    view.dispose();
    expect([source.visible, source.listeners, observed[0]!.off]).toEqual([
      false,
      0,
      true
    ]);
    expect(view.node.isConnected).toBe(false);
  });

  it('is seen where the browser cannot tell', () => {
    open();
    expect(source.visible).toBe(true);
  });
});

describe('freshness', () => {
  const told = (): string => text('.labbook-freshness');

  it('says that the view is live, or how it is looked after', () => {
    open();
    expect(told()).toBe('live');
    expect(find('.labbook-freshness').getAttribute('role')).toBe('status');
    source.trouble({ contact: 'polling' });
    expect(told()).toBe('looked at every few seconds');
  });

  it('does not flicker for a second of trouble', () => {
    vi.useFakeTimers();
    open();
    source.trouble({ contact: 'stale' });
    vi.advanceTimersByTime(1_000);
    source.trouble({ contact: 'live' });
    vi.advanceTimersByTime(5_000);
    expect(told()).toBe('live');
  });

  it('says since when it shows old data, and recovers at once', () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 22, 14, 5) });
    open();
    const since = new Date(2026, 10, 22, 14, 2);
    const sentence = 'The server does not answer; trying again.';
    source.trouble({ contact: 'stale', since, sentence });
    vi.advanceTimersByTime(1_500);
    expect(told()).toBe(
      'Shown as of 14:02: the server does not answer; trying again.'
    );
    source.trouble({ sentence: 'The disk does not answer.' });
    expect(told()).toBe('Shown as of 14:02: the disk does not answer.');
    source.trouble({ contact: 'live' });
    expect(told()).toBe('live');
  });

  it.each([
    ['stale', 'does not answer'],
    ['unauthorized', 'log in again'],
    ['gone', 'was it moved?']
  ] as const)('%s has a sentence of its own', (contact, words) => {
    vi.useFakeTimers();
    source.show(anExperiment());
    open();
    source.trouble({ contact, since: new Date(0) });
    vi.advanceTimersByTime(1_500);
    expect(told()).toContain(words);
    expect(told()).toMatch(/Shown as of .*\d+.*, \d\d:\d\d: /);
    expect(text('h2')).toBe('Does a wider forest still help?');
  });
});
