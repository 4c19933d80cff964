import { describe, expect, it, vi } from 'vitest';
import { anExperiment, aRun } from '../experimentSource.js';
import {
  source,
  all,
  find,
  text,
  spoken,
  buttons,
  open,
  verdict,
  three
} from './liveView.js';

describe('the standing of runs', () => {
  const progress = { done: 30, total: 120, remaining: 90, text: '' };

  it('ticks between two answers, and not when it is old', () => {
    vi.useFakeTimers();
    source.show(anExperiment({ runs: [aRun('001', { progress })] }));
    open();
    expect(text('.labbook-standing .labbook-chip')).toBe('running');
    expect(text('.labbook-words')).toBe('30 of 120');
    expect(text('.labbook-time')).toBe('about 2 min left · 1 min elapsed');
    expect(find('[role=progressbar]').getAttribute('aria-valuenow')).toBe('25');
    vi.advanceTimersByTime(2_000);
    expect(text('.labbook-time')).toBe('about 2 min left · 1 min 2 s elapsed');
    source.trouble({ contact: 'stale' });
    vi.advanceTimersByTime(5_000);
    expect(text('.labbook-time')).toBe('about 2 min left · 1 min 2 s elapsed');
    source.trouble({ contact: 'live' });
    vi.advanceTimersByTime(200_000);
    expect(text('.labbook-time')).toContain('less than a minute left');
  });

  it('says how many runs do not count any more, and what that means', () => {
    const runs = [
      aRun('001', { state: 'finished', taint: 'off by one' }),
      aRun('002', { state: 'finished', taint: 'off by one' }),
      aRun('003', { state: 'finished' })
    ];
    source.show(anExperiment({ runs, verdicts: [verdict('withdrawn')] }));
    open();
    const marks = (): string[] =>
      all('.labbook-standing .labbook-chip')
        .filter(chip => !chip.hidden)
        .map(chip => chip.textContent);
    expect(marks()).toEqual(['finished', '2 tainted']);
    expect(text('.labbook-meanings')).toBe(
      '2 tainted Off by one. What they logged does not count any more, ' +
        'and no verdict rests on it.'
    );
    expect(text('.labbook-verdicts')).toContain('withdrawn');
    source.show({ runs: runs.slice(0, 1) });
    expect(marks()).toEqual(['finished', 'tainted']);
    source.show({ runs: runs.slice(2) });
    expect(marks()).toEqual(['finished']);
    expect(text('.labbook-meanings')).toBe('');
  });

  it('stops counting when the run has ended', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    source.show(anExperiment({ runs: [aRun('001', { progress })] }));
    open();
    const counting = vi.getTimerCount();
    source.show({ runs: [aRun('001', { state: 'finished', seconds: 61 })] });
    expect(vi.getTimerCount()).toBe(counting - 1);
    expect(text('.labbook-time')).toBe('1 min 1 s');
    expect(find('[role=progressbar]').hidden).toBe(true);
  });

  it('adds up a sweep, with the time that waiting runs will take', () => {
    const runs = [
      aRun('001', { state: 'finished', seconds: 100 }),
      aRun('002', { progress, seconds: 30 }),
      aRun('003', { state: 'waiting', seconds: null }),
      aRun('004', { state: 'waiting', seconds: null })
    ];
    source.show(anExperiment({ runs }));
    open();
    expect(text('.labbook-words')).toBe('1 running, 2 waiting, 1 finished');
    expect(text('.labbook-time')).toBe(
      'about 5 min left · 2 min 10 s of computing'
    );
    expect(find('[role=progressbar]').getAttribute('aria-valuenow')).toBe('31');
    source.show({ runs: three('finished', 'finished', 'failed') });
    expect(text('.labbook-words')).toBe('1 failed, 2 finished');
    expect(text('.labbook-time')).toBe('3 min in all');
  });

  it('does not guess the time of what has never been seen to end', () => {
    source.show(
      anExperiment({
        runs: [aRun('001', { progress }), aRun('002', { state: 'waiting' })]
      })
    );
    open();
    expect(text('.labbook-time')).toBe('2 min of computing');
    source.show({ runs: [aRun('001')] });
    expect(text('.labbook-time')).toBe('1 min elapsed');
    expect(find('[role=progressbar]').hidden).toBe(true);
  });

  it.each([
    ['registered', 'run its cell again'],
    ['waiting', 'It starts by itself'],
    ['held', 'you did not sign'],
    ['failed', 'the end of its output'],
    ['stopped', 'what it logged until then is kept'],
    ['cancelled', 'before it started'],
    ['lost', 'vanished'],
    ['unknown', 'another machine']
  ])('of a run that is %s says what that means', (state, words) => {
    source.show(anExperiment({ runs: [aRun('001', { state })] }));
    open();
    expect(text('.labbook-meanings')).toContain(words);
  });

  it('gives the reason of a failure instead', () => {
    source.show(
      anExperiment({
        runs: [
          aRun('001', { state: 'failed', reason: 'Out of memory.' }),
          aRun('002', { state: 'held' })
        ]
      })
    );
    open();
    expect(all('.labbook-meanings li').map(node => node.textContent)).toEqual([
      expect.stringContaining('1 held It waits under a ticket'),
      '1 failed Out of memory.'
    ]);
  });

  it.each([
    ['registered', 'They are written down'],
    ['waiting', 'They start by themselves'],
    ['held', 'They wait under tickets'],
    ['failed', 'They ended with errors'],
    ['stopped', 'They were stopped'],
    ['cancelled', 'They were taken back'],
    ['lost', 'Their processes vanished'],
    ['unknown', 'They were started']
  ])('of several runs that are %s speaks of several', (state, words) => {
    source.show(
      anExperiment({ runs: [aRun('001', { state }), aRun('002', { state })] })
    );
    open();
    expect(text('.labbook-meanings')).toContain(`2 ${state} ${words}`);
  });

  it('gives a reason as a sentence, and then only what is to be done', () => {
    const reason = 'it vanished without an exit record';
    source.show(
      anExperiment({ runs: [aRun('001', { state: 'lost', reason })] })
    );
    open();
    expect(text('.labbook-meanings')).toBe(
      'It vanished without an exit record. What it logged is kept: rerun it.'
    );
  });

  it.each([
    ['killed by SIGKILL', 'Killed by SIGKILL.'],
    ['metrics.csv is left out', 'metrics.csv is left out.'],
    ['torch_seed raised', 'torch_seed raised.'],
    ['iPhone raised', 'iPhone raised.']
  ])('leaves names as they are where a reason begins (%s)', (reason, said) => {
    source.show(
      anExperiment({ runs: [aRun('001', { state: 'failed', reason })] })
    );
    open();
    expect(text('.labbook-meanings')).toContain(said);
  });

  it('has a word for an experiment without runs', () => {
    source.show(anExperiment({ runs: [] }));
    open();
    expect(text('.labbook-words')).toBe('no runs yet');
    expect(buttons('.labbook-control')).toEqual([]);
  });

  it('says each change of state and each verdict once', () => {
    source.show(anExperiment({ verdicts: [verdict('pending')] }));
    open();
    expect(spoken()).toBe('');
    source.show({ runs: [aRun('001', { progress })] });
    expect(spoken()).toBe('');
    source.show({
      runs: [aRun('001', { state: 'finished' })],
      verdicts: [verdict('refuted')]
    });
    expect(spoken()).toBe(
      'Run 001 is finished. Prediction accuracy > 0.9: refuted.'
    );
    const mutations = new MutationObserver(() => undefined);
    mutations.observe(find('.labbook-spoken'), { childList: true });
    source.show({ note: 'Version 2.' });
    expect(mutations.takeRecords()).toEqual([]);
  });

  it('says of a long sweep what failed, and when all have ended', () => {
    const states = Array.from({ length: 12 }, () => 'running');
    source.show(anExperiment({ runs: three(...states) }));
    open();
    states[0] = 'finished';
    states[1] = 'failed';
    source.show({ runs: three(...states) });
    expect(spoken()).toBe('Run 002 is failed.');
    source.show({ runs: three('failed', ...states.slice(1).fill('finished')) });
    expect(spoken()).toBe('All runs have ended: 1 failed, 11 finished.');
  });
});
