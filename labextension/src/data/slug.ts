const LONGEST = 40;

/** A name of lower-case letters, digits and dashes, as `model/slug.py` makes it. */
export function slug(text: string): string {
  let letters = '';
  const folded = Array.from(text.normalize('NFKD'), char =>
    char.toUpperCase().toLowerCase()
  ).join('');
  for (const char of folded.normalize('NFKD')) {
    if (/[\p{L}\p{N}]/u.test(char)) {
      letters += char;
    } else if (!/\p{M}/u.test(char)) {
      letters += ' ';
    } else if (/[^\x00-\x7f]$/.test(letters)) {
      // Vowel signs belong to the words of many scripts; accents do not.
      letters += char;
    }
  }
  const name = letters.normalize('NFC').trim().split(/ +/).join('-');
  const all = Array.from(name);
  if (all.length <= LONGEST) {
    return name || 'experiment';
  }
  const head = all.slice(0, LONGEST + 1).join('');
  const dash = head.lastIndexOf('-');
  return dash === -1 ? all.slice(0, LONGEST).join('') : head.slice(0, dash);
}
