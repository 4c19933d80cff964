import { describe, expect, it } from 'vitest';
import { anExperiment, aRun } from '../experimentSource.js';
import { settle } from '../source.js';
import {
  source,
  host,
  view,
  find,
  text,
  spoken,
  button,
  buttons,
  open,
  press
} from './liveView.js';

describe('the conclusion', () => {
  const ended = [aRun('001', { state: 'finished' })];
  const field = (): HTMLTextAreaElement => find('.labbook-conclude textarea');
  const writing = (): boolean => !field().closest('[hidden]');
  function type(words: string): void {
    field().value = words;
    field().dispatchEvent(new Event('input', { bubbles: true }));
  }

  it('is asked for once all runs have ended', async () => {
    source.show(anExperiment());
    open();
    expect(writing()).toBe(false);
    source.show({ runs: ended });
    expect(writing()).toBe(true);
    press(field(), 'Enter', { ctrlKey: true });
    expect(source.wishes).toEqual([]);
    type('Width\nstops paying.');
    expect(press(field(), 'Enter').defaultPrevented).toBe(false);
    press(field(), 'Enter', { ctrlKey: true });
    press(field(), 'Enter', { metaKey: true });
    expect(source.wishes).toMatchObject([
      { verb: 'conclude', text: 'Width\nstops paying.', was: '' }
    ]);
    button('Saving…');
    source.wishes[0]!.resolve();
    await settle();
    expect(text('.labbook-learned')).toBe('Width\nstops paying.');
    expect(writing()).toBe(false);
    expect(host.kept.size).toBe(0);
    expect(spoken()).toBe('The conclusion is saved.');
    source.show({});
    expect(text('.labbook-learned')).toBe('Width\nstops paying.');
    source.show({ conclusion: 'Changed later.' });
    expect(text('.labbook-learned')).toBe('Changed later.');
  });

  it('keeps a draft through updates, reloads and a broken store', () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('Half a thou');
    field().focus();
    source.show({ note: 'Version 2.' });
    expect(document.activeElement).toBe(field());
    expect(field().value).toBe('Half a thou');
    view.dispose();
    open();
    expect(field().value).toBe('Half a thou');
    view.dispose();
    host.kept.set([...host.kept.keys()][0]!, '{"text": 3}');
    open();
    expect(field().value).toBe('');
    view.dispose();
    host.kept.set([...host.kept.keys()][0]!, '{');
    open();
    expect(field().value).toBe('');
  });

  it('forgets a draft that was emptied', () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('x');
    type(' ');
    expect(host.kept.size).toBe(0);
    expect(buttons('.labbook-conclude')).toEqual(['Save']);
  });

  it('keeps the text and says why it was not stored', async () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('Mine');
    button('Save').click();
    source.wishes[0]!.reject(new Error('The disk is full; make room.'));
    await settle();
    expect(text('.labbook-problem')).toBe('The disk is full; make room.');
    expect(field().value).toBe('Mine');
    expect(host.kept.size).toBe(1);
  });

  it('can be edited, and left as it was', async () => {
    source.show(anExperiment({ runs: ended, conclusion: 'Old' }));
    open();
    expect(writing()).toBe(false);
    button('Edit the conclusion').click();
    expect(document.activeElement).toBe(field());
    expect(field().value).toBe('Old');
    press(field(), 'Escape');
    await settle();
    expect(host.asked).toEqual([]);
    expect(text('.labbook-learned')).toBe('Old');
    button('Edit the conclusion').click();
    type('New');
    host.answer = false;
    button('Cancel').click();
    await settle();
    expect(host.asked).toEqual(['Throw away what you have typed?']);
    expect(field().value).toBe('New');
    host.answer = true;
    button('Cancel').click();
    await settle();
    expect(writing()).toBe(false);
    expect(host.kept.size).toBe(0);
    button('Edit the conclusion').click();
    type('New');
    button('Save').click();
    expect(source.wishes).toMatchObject([{ text: 'New', was: 'Old' }]);
  });

  it('shows both when it was changed elsewhere, and loses neither', async () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('Mine');
    source.show({ conclusion: 'Theirs' });
    expect(text('.labbook-theirs p')).toBe(
      'Meanwhile this was written elsewhere:'
    );
    expect(text('blockquote')).toBe('Theirs');
    expect(field().value).toBe('Mine');
    button('Save').click();
    expect(source.wishes[0]).toMatchObject({ text: 'Mine', was: '' });
    source.wishes[0]!.reject(new Error('The conclusion was changed.'));
    await settle();
    expect(text('blockquote')).toBe('Theirs');
    button('Put mine below it').click();
    expect(field().value).toBe('Theirs\n\nMine');
    expect(text('blockquote')).toBe('');
    button('Save').click();
    expect(source.wishes[1]).toMatchObject({
      text: 'Theirs\n\nMine',
      was: 'Theirs'
    });
  });

  it('replaces what was written elsewhere if its author says so', () => {
    source.show(anExperiment({ runs: ended, conclusion: 'Old' }));
    open();
    button('Edit the conclusion').click();
    type('Mine');
    source.show({ conclusion: '' });
    expect(text('.labbook-theirs p')).toContain('removed elsewhere');
    button('Replace it by mine').click();
    expect(source.wishes).toMatchObject([{ text: 'Mine', was: '' }]);
  });

  it('keeps what was typed while it was being stored', async () => {
    source.show(anExperiment({ runs: ended }));
    open();
    type('One');
    button('Save').click();
    type('One and two');
    source.wishes[0]!.resolve();
    await settle();
    expect(field().value).toBe('One and two');
    expect(text('blockquote')).toBe('');
    button('Save').click();
    expect(source.wishes[1]).toMatchObject({ text: 'One and two', was: 'One' });
  });
});
