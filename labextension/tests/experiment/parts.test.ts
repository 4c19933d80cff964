import { describe, expect, it, vi } from 'vitest';
import { anExperiment, aRun } from '../experimentSource.js';
import { settle } from '../source.js';
import {
  source,
  host,
  view,
  all,
  find,
  text,
  spoken,
  button,
  open,
  press
} from './liveView.js';

describe('figures, commands and keys', () => {
  it('loads pictures late, and enlarges the one that is clicked', () => {
    const figures = ['figures/confusion.png', 'figures/<b>.png'];
    source.show(anExperiment({ runs: [aRun('001', { figures })] }));
    open();
    const images = all<HTMLImageElement>('figure img');
    expect(images.map(image => image.loading ?? '')).toHaveLength(2);
    expect(images[0]!.getAttribute('loading')).toBe('lazy');
    expect(images[0]!.getAttribute('src')).toBe(
      'figures/001/figures/confusion.png'
    );
    expect(text('figcaption bdi')).toBe('confusion.png|<b>.png');
    const enlarge = find('figure button');
    enlarge.click();
    expect(enlarge.getAttribute('aria-pressed')).toBe('true');
    source.show({
      runs: [aRun('001', { figures: [...figures, 'figures/new.png'] })]
    });
    expect(all('figure img').slice(0, 2)).toEqual(images);
    expect(enlarge.getAttribute('aria-pressed')).toBe('true');
    images[1]!.dispatchEvent(new Event('error'));
    expect(text('figure')).toContain('It cannot be shown here.');
  });

  it('names the run that drew them where there are several', () => {
    const runs = ['001', '002'].map(label =>
      aRun(label, { state: 'finished', figures: [`figures/${label}.png`] })
    );
    source.show(anExperiment({ runs }));
    open();
    button('Run 001').click();
    expect(text('h3')).toContain('Figures of run 001');
    expect(text('figcaption bdi')).toBe('001.png');
  });

  it('leaves out commands for what the view itself offers', () => {
    source.next = [
      ['Follow the output:', '%labbook tail x -f'],
      ['What did you learn?', '%labbook conclude x "..."']
    ];
    source.show(anExperiment());
    open();
    expect(text('.labbook-next')).toBe('');
    source.next = [...source.next, ['It waits:', '%labbook rerun x']];
    source.show({});
    expect(text('.labbook-next')).toContain('%labbook rerun x');
    expect(text('.labbook-next')).not.toContain('tail');
  });

  it('copies a command', async () => {
    const copied: string[] = [];
    vi.stubGlobal('navigator', {
      clipboard: {
        writeText: (words: string) =>
          words.includes('refused')
            ? Promise.reject(new Error('no'))
            : Promise.resolve(void copied.push(words))
      }
    });
    source.next = [['It waits:', 'labbook rerun x']];
    source.show(anExperiment());
    open();
    button('Copy: labbook rerun x').click();
    await settle();
    expect(copied).toEqual(['labbook rerun x']);
    expect(text('.labbook-copy')).toBe('Copied');
    expect(spoken()).toBe('The command is on the clipboard.');
    await vi.waitFor(() => expect(text('.labbook-copy')).toBe('Copy'), 5_000);
    source.next = [['', 'refused']];
    source.show({});
    button('Copy: refused').click();
    await settle();
    expect(host.said).toEqual([
      'The browser does not allow copying here; select the command instead.'
    ]);
  });

  it('offers everything that a run logged, and its file', () => {
    const opened: string[] = [];
    host.openFile = path => opened.push(path);
    source.show(anExperiment());
    open();
    expect(find<HTMLAnchorElement>('a[download]').getAttribute('href')).toBe(
      '001/metrics.csv'
    );
    button('Open output.log').click();
    expect(opened).toEqual([
      '/home/me/labbook/experiments/0007-wider-forest/runs/001/output.log'
    ]);
  });

  it('keeps the shortcuts of the host away, but for saving', () => {
    source.show(anExperiment());
    open();
    const heard: string[] = [];
    const hear = (event: Event): void => {
      heard.push((event as KeyboardEvent).key);
    };
    document.body.addEventListener('keydown', hear);
    const stop = button('Stop');
    stop.focus();
    expect(stop.hasAttribute('data-lm-suppress-shortcuts')).toBe(true);
    press(stop, 'd');
    press(stop, 's', { ctrlKey: true });
    document.body.removeEventListener('keydown', hear);
    expect(heard).toEqual(['s']);
  });

  it('keeps what a reader chose for the plot', () => {
    for (const kept of [null, '{', '[]', '{"logY": true}']) {
      host.store.set(
        'plot:/home/me/labbook/experiments/0007-wider-forest',
        kept
      );
      source.show(anExperiment());
      open();
      const pressed = all('.labbook-plots [aria-pressed=true]');
      expect(pressed.map(node => node.textContent)).toEqual(
        kept?.includes('logY') ? ['Log y'] : []
      );
      view.dispose();
    }
    open();
    button('Log x').click();
    expect([...host.kept.values()].join()).toContain('"logX":true');
  });
});
