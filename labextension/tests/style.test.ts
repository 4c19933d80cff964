/// <reference types="node" />
// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('../style/', import.meta.url);
/** What several views have begins here. */
const SHARED = 'base.css';

/** Classes of the elements that a file's rules are for, each with its selectors. */
function styled(css: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const plain = css.replace(/\/\*[^]*?\*\//g, '');
  for (const [, selectors] of plain.matchAll(/([^{};]+)\{/g)) {
    for (const selector of split(selectors!.trim())) {
      const subject = selector.split(/[\s>+~]+(?![^(]*\))/).at(-1)!;
      // What it must not be, or must have in it, is not what it is.
      const own = subject.replace(/:(not|has)\((?:[^()]|\([^()]*\))*\)/g, '');
      for (const [, name] of own.matchAll(/\.(labbook-[\w-]+)/g)) {
        found.set(name!, [...(found.get(name!) ?? []), selector]);
      }
    }
  }
  return found;
}

/** The selectors of a list; those within brackets belong together. */
function split(list: string): string[] {
  return list.startsWith('@')
    ? []
    : list.split(/,(?![^(]*\))/).map(each => each.trim());
}

/** Classes that more than one file styles, with the files and what they say. */
function strays(files: Map<string, string>): string[] {
  const homes = new Map<string, Map<string, string[]>>();
  for (const [file, css] of files) {
    for (const [name, selectors] of styled(css)) {
      const home = homes.get(name) ?? new Map<string, string[]>();
      homes.set(name, home.set(file, selectors));
    }
  }
  const below = (name: string, selector: string): boolean =>
    selector.replaceAll(`.${name}`, '').includes('.labbook-');
  return [...homes]
    .filter(([name, home]) => {
      const others = [...home].filter(([file]) => file !== SHARED);
      return home.has(SHARED)
        ? others.some(([, all]) => !all.every(each => below(name, each)))
        : others.length > 1;
    })
    .map(([name, home]) => `${name}: ${[...home.keys()].join(', ')}`);
}

describe('the style', () => {
  it('of a class is in one file, or shared and varied below another class', () => {
    const names = readdirSync(FOLDER).filter(name => name.endsWith('.css'));
    const files = new Map(
      names.map(name => [name, readFileSync(new URL(name, FOLDER), 'utf8')])
    );
    expect(files.size).toBeGreaterThan(5);
    expect(strays(files)).toEqual([]);
  });

  it.each([
    ['a{}.labbook-x{}', '.labbook-y .labbook-x{}', ['labbook-x: a, b']],
    ['.labbook-x{}', '@media print{.labbook-x{}}', ['labbook-x: a, b']],
    ['.labbook-x{}', '.labbook-y:not(.labbook-x){}', []],
    ['.labbook-x{}', '.labbook-x p{} /* .labbook-x{} */', []],
    ['.labbook-x{}', '.a :is(.labbook-y, .labbook-x){}', ['labbook-x: a, b']]
  ])('of one in two files is noticed: %s and %s', (a, b, expected) => {
    expect(strays(new Map(Object.entries({ a, b })))).toEqual(expected);
  });

  it('of a shared class is varied by none for all others', () => {
    const shared = '.labbook-x{}';
    const other = (b: string): string[] =>
      strays(new Map(Object.entries({ [SHARED]: shared, b })));
    expect(other('.labbook-y .labbook-x{}')).toEqual([]);
    expect(other('.labbook-x:hover{}')).toEqual(['labbook-x: base.css, b']);
  });
});
