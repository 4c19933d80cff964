/** Words for people, in their language where the host translates. */

/** The part of JupyterLab's `TranslationBundle` that views use. */
export interface Words {
  /** A sentence; `%1`, `%2` … stand for the values that follow. */
  __(sentence: string, ...values: (string | number)[]): string;
  /** A sentence that counts: `one` for 1, else `many`; `%1` is the count. */
  _n(
    one: string,
    many: string,
    count: number,
    ...values: (string | number)[]
  ): string;
}

/** Sentences as they are written in the code. */
export const english: Words = {
  __: (sentence, ...values) => filled(sentence, values),
  _n: (one, many, count, ...values) =>
    filled(count === 1 ? one : many, [count, ...values])
};

function filled(
  sentence: string,
  values: readonly (string | number)[]
): string {
  return sentence.replace(/%(\d)/g, (mark, place: string) => {
    const value = values[Number(place) - 1];
    return value === undefined ? mark : String(value);
  });
}
