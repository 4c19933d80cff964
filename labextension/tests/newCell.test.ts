import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readHeader } from '../src/data/header.js';
import { KEYS, SWITCHES } from '../src/data/header/keys.js';
import { LOAD, loads, newCell } from '../src/data/newCell.js';
import { slug } from '../src/data/slug.js';
import { item } from './source.js';

describe('a new cell', () => {
  it('asks for a question first', () => {
    const { source, cursor } = newCell();
    expect(source).toBe(
      '%%experiment\n#| question: \n#| hypothesis: \n#| predict: \n'
    );
    expect(cursor).toEqual({ line: 1, column: '#| question: '.length });
  });

  it('says what an item of the plan says, and asks for what is missing', () => {
    const { source, cursor } = newCell(
      item('question', 'Past which\nwidth?', {
        ...{ expected: 'About 100: trees', setup: 'Sweep', impact: 'Freeze' }
      })
    );
    expect(source).toBe(
      '%%experiment past-which-width\n#| question: Past which width?\n' +
        '#| hypothesis: About 100: trees\n#| predict: \n#| impact: Freeze\n' +
        '# Setup: Sweep\n'
    );
    expect(cursor).toEqual({ line: 3, column: '#| predict: '.length });
    expect(readHeader(source)!.texts).toMatchObject({
      name: ['past-which-width'],
      hypothesis: ['About 100: trees'],
      impact: ['Freeze']
    });
  });
});

describe('the magics', () => {
  it.each([
    [LOAD, true],
    ['import numpy\n  %reload_ext   jupyter_labbook', true],
    ["get_ipython().run_line_magic('load_ext', 'jupyter_labbook')", true],
    ["ip.extension_manager.load_extension('jupyter_labbook')", true],
    ['%load_ext autoreload\nimport jupyter_labbook', false],
    ['# %load_ext jupyter_labbook', false],
    ['%load_ext jupyter_labbook_tools', false],
    ['%%experiment\n#| question: ', false]
  ])('are loaded by %j: %s', (source, expected) => {
    expect(loads(source)).toBe(expected);
  });
});

describe('a name', () => {
  it.each([
    ['Does a wider forest still help?', 'does-a-wider-forest-still-help'],
    ['  Çà & là ', 'ca-la'],
    ['Τι γίνεται;', 'τι-γίνεται'],
    ['Größe der Straße: Ὀδυσσεύς', 'grosse-der-strasse-ὀδυσσεύσ'],
    ['?!', 'experiment'],
    [
      'one two three four five six seven eight nine',
      'one-two-three-four-five-six-seven-eight'
    ],
    ['x'.repeat(50), 'x'.repeat(40)]
  ])('is made from %j', (text, expected) => {
    expect(slug(text)).toBe(expected);
  });
});

describe('the keys of a header', () => {
  const table = readFileSync('../jupyter_labbook/snapshot/keys.py', 'utf-8');
  const known = [
    ...table.matchAll(
      /Key\(\s*"([a-z-]+)",\s*Kind\.([A-Z]+)([^]*?)\n? *\),?\n/g
    )
  ].map(([, name, kind, rest]) => ({
    name: name!,
    kind: kind!,
    option: rest!.includes('option=True')
  }));

  it('are those that the magic knows, in its order', () => {
    const keys = known.filter(key => !key.option).map(key => key.name);
    expect(Object.keys(KEYS)).toEqual(keys);
  });

  it('are read as the magic reads them', () => {
    const kinds: Record<string, string> = {
      ...{ PROSE: 'prose', PROSES: 'prose', WORDS: 'words', SWITCH: 'switch' }
    };
    for (const { name, kind } of known.filter(key => !key.option)) {
      expect([name, KEYS[name as keyof typeof KEYS]]).toEqual([
        name,
        kinds[kind] ?? 'yaml'
      ]);
    }
  });

  it('include the flags that take no text', () => {
    const switches = known
      .filter(key => key.option && key.kind === 'SWITCH')
      .map(key => key.name);
    expect([...SWITCHES].sort()).toEqual(switches.sort());
  });
});
