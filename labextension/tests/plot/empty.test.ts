import { describe, expect, it } from 'vitest';
import { english } from '../../src/data/words.js';
import type { RunView } from '../../src/data/run.js';
import { emptyWords } from '../../src/views/plot/sentences.js';
import { run } from './made.js';

function words(states: string[], final: RunView['final'] = {}): string {
  const runs = states.map((state, at) => run(`00${at}`, { state, final }));
  return emptyWords({ runs, lines: [], varied: [], thresholds: [] }, english);
}

describe('a plot without values', () => {
  it.each([
    [[], 'No runs yet'],
    [['registered'], 'Not submitted yet'],
    [['waiting'], 'The run waits for a free slot in the hours it was given'],
    [['waiting', 'waiting'], '2 runs wait for a free slot'],
    [['waiting', 'held', 'finished'], 'The run waits'],
    [['held'], 'The run is held: it never executes'],
    [['held', 'held'], '2 runs are held: they never execute'],
    [['waiting', 'running'], 'Nothing logged yet'],
    [['finished', 'failed'], 'Nothing was logged']
  ])('with runs that are %j says what it waits for', (states, start) => {
    expect(words(states)).toContain(start);
  });

  it.each([['running'], ['finished']])(
    'of a run that is %s and has logged something waits for its lines',
    state => {
      expect(words([state], { loss: 1 })).toContain('not been read yet');
    }
  );
});
