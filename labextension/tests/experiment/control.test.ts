import { describe, expect, it } from 'vitest';
import { anExperiment, aRun } from '../experimentSource.js';
import { settle } from '../source.js';
import {
  source,
  view,
  all,
  text,
  spoken,
  button,
  buttons,
  open,
  press,
  three
} from './liveView.js';

describe('control', () => {
  it('asks once before a run is stopped', async () => {
    source.show(anExperiment());
    open();
    button('Stop').click();
    expect(text('.labbook-question span')).toBe('Stop the run?');
    expect(buttons('.labbook-question')).toEqual(['Stop', 'Keep going']);
    expect(document.activeElement!.textContent).toBe('Stop');
    expect(source.wishes).toEqual([]);
    (document.activeElement as HTMLElement).click();
    expect(source.wishes).toMatchObject([{ verb: 'stop', runs: undefined }]);
    const stopping = button('Stopping…');
    expect(document.activeElement).toBe(stopping);
    stopping.click();
    expect(buttons('.labbook-question')).toEqual([]);
    source.wishes[0]!.resolve();
    await settle();
    source.show({});
    button('Stopping…');
    source.show({ runs: [aRun('001', { state: 'stopped' })] });
    expect(buttons('.labbook-control')).toEqual(['Rerun']);
    expect(document.activeElement).toBe(button('Rerun'));
  });

  it.each(['Escape', 'click'])('keeps going on %s', way => {
    source.show(anExperiment());
    open();
    button('Stop').click();
    if (way === 'click') {
      const keep = button('Keep going');
      keep.focus();
      keep.click();
    } else {
      press(document.activeElement!, 'Escape');
    }
    expect(source.wishes).toEqual([]);
    expect(document.activeElement).toBe(button('Stop'));
  });

  it('stops one of several runs, or all', () => {
    source.show(
      anExperiment({ runs: three('running', 'waiting', 'finished') })
    );
    open();
    button('Stop').click();
    expect(text('.labbook-question span')).toBe('Stop 2 runs?');
    button('Keep going').click();
    button('Run 002').click();
    button('Stop').click();
    expect(buttons('.labbook-question')).toEqual([
      'Run 002',
      'All 2',
      'Keep going'
    ]);
    all('.labbook-question button')[0]!.click();
    expect(source.wishes).toMatchObject([{ runs: ['002'] }]);
    button('Stop').click();
    all('.labbook-question button')[0]!.click();
    expect(source.wishes[1]).toMatchObject({ runs: ['001'] });
    button('Stopping…');
  });

  it('says in a sentence why a run was not stopped', async () => {
    source.show(anExperiment());
    open();
    button('Stop').click();
    all('.labbook-question button')[0]!.click();
    source.wishes[0]!.reject(new Error('The disk is full; make room.'));
    await settle();
    expect(text('.labbook-problem')).toBe('The disk is full; make room.');
    button('Stop').click();
    expect(text('.labbook-problem')).toBe('');
  });

  it('withdraws its question when the answer no longer matters', () => {
    source.show(anExperiment());
    open();
    button('Stop').click();
    source.show({ runs: [aRun('001', { state: 'finished' })] });
    expect(buttons('.labbook-control')).toEqual(['Rerun']);
    expect(document.activeElement).toBe(button('Rerun'));
  });

  it('runs a single run again at once', async () => {
    source.show(anExperiment({ runs: [aRun('001', { state: 'failed' })] }));
    open();
    button('Rerun').click();
    button('Starting…').click();
    expect(source.wishes).toHaveLength(1);
    expect(source.wishes[0]).toMatchObject({ verb: 'rerun', runs: undefined });
    source.wishes[0]!.resolve();
    await settle();
    expect(spoken()).toBe('The run is submitted again.');
    button('Rerun').click();
    source.wishes[1]!.reject(new Error('Its script is gone.'));
    await settle();
    expect(text('.labbook-problem')).toBe('Its script is gone.');
  });

  it('asks which of several runs are to be run again', () => {
    source.show(
      anExperiment({ runs: three('failed', 'finished', 'finished') })
    );
    open();
    button('Run 002').click();
    for (const [at, runs] of [['002'], ['001'], undefined].entries()) {
      button('Rerun').click();
      expect(buttons('.labbook-question')).toEqual([
        ...['Run 002', '1 unfinished', 'All 3', 'Not now']
      ]);
      all('.labbook-question button')[at]!.click();
      expect(source.wishes.at(-1)).toMatchObject({ verb: 'rerun', runs });
      source.wishes.pop();
      view.dispose();
      open();
      button('Run 002').click();
    }
  });

  it('asks once before many are run again, as before they are stopped', async () => {
    const ended = three('finished', 'finished', 'finished');
    source.show(anExperiment({ runs: ended }));
    open();
    button('Rerun').click();
    expect(text('.labbook-question span')).toBe('Run 3 runs again?');
    expect(buttons('.labbook-question')).toEqual(['Rerun', 'Not now']);
    button('Not now').click();
    expect(source.wishes).toEqual([]);
    button('Rerun').click();
    all('.labbook-question button')[0]!.click();
    expect(source.wishes).toHaveLength(1);
    source.wishes[0]!.resolve();
    await settle();
    expect(spoken()).toBe('3 runs are submitted again.');
  });

  it('offers to run again what is held', () => {
    source.show(anExperiment({ runs: [aRun('001', { state: 'held' })] }));
    open();
    expect(buttons('.labbook-control')).toEqual(['Rerun']);
  });

  it('is not drawn where nothing can be asked for', () => {
    source.controllable = false;
    source.show(anExperiment({ runs: three('running', 'finished') }));
    open();
    expect(buttons('.labbook-control')).toEqual([]);
    source.show({ runs: [aRun('001', { state: 'finished' })] });
    expect(text('.labbook-conclude')).toBe('');
  });
});
