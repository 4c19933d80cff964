/** Showing text that came from files: what it is, and nothing it does. */

/** Colours and cursor movements that programs write for terminals. */
const TERMINAL = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))/g;

/** Characters that would reorder or hide the text around them. */
const HIDDEN =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The same text with every character that cannot be seen spelled out. */
export function visible(text: string): string {
  return text.replace(HIDDEN, character => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
}

/** Output of a program as a terminal would leave it: no colours, last rewrite. */
export function output(text: string): string {
  return text
    .replace(TERMINAL, '')
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map(line => line.slice(line.lastIndexOf('\r', line.length - 2) + 1))
    .map(line => visible(line.replace(/\r$/, '')))
    .join('\n');
}

/** A number at the precision that a reader compares by. */
export function number(value: number | null): string {
  if (value === null || Number.isNaN(value)) {
    return 'NaN';
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e15) {
    return String(value);
  }
  return String(Number(value.toPrecision(4)));
}

/** Numbers of one column, with as many decimals as its others where they fit. */
export function alike(values: readonly (number | null)[]): string[] {
  const texts = values.map(number);
  const decimals = (text: string): number =>
    /\.(\d+)$/.exec(text)?.[1]!.length ?? 0;
  const most = Math.max(0, ...texts.map(decimals));
  return texts.map((text, at) => {
    const value = values[at];
    const whole = /^-?\d+/.exec(text)?.[0].replace('-', '').length ?? 0;
    const fits = whole > 0 && !text.includes('e') && whole + most <= 6;
    return fits ? value!.toFixed(most) : text;
  });
}

/** A duration in its two largest units, such as `1 h 12 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  const [large, small, units] =
    whole < 3600
      ? [Math.floor(whole / 60), whole % 60, ['min', 's']]
      : [
          Math.floor(whole / 3600),
          Math.floor((whole % 3600) / 60),
          ['h', 'min']
        ];
  return small
    ? `${large} ${units[0]} ${small} ${units[1]}`
    : `${large} ${units[0]}`;
}

/** A parameter as it would be written in a header. */
export function value(of: unknown): string {
  return typeof of === 'string'
    ? visible(of)
    : visible(JSON.stringify(of) ?? '');
}
