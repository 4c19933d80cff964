/** What a header may say, in the order in which it is best read. */

/** How a key's text is read: as it stands, as YAML words, or as other YAML. */
type Kind = 'prose' | 'words' | 'yaml' | 'switch';

/** The keys of `jupyter_labbook/snapshot/keys.py`; a test compares them. */
export const KEYS = {
  question: 'prose',
  hypothesis: 'prose',
  predict: 'prose',
  why: 'prose',
  impact: 'prose',
  params: 'yaml',
  sweep: 'yaml',
  seeds: 'yaml',
  ablate: 'yaml',
  tags: 'words',
  inputs: 'words',
  resumable: 'switch',
  timeout: 'yaml',
  when: 'yaml',
  'at-end': 'yaml',
  after: 'prose',
  batch: 'yaml',
  priority: 'yaml',
  gpus: 'yaml',
  cores: 'yaml',
  memory: 'yaml',
  retries: 'yaml',
  name: 'prose'
} as const satisfies Record<string, Kind>;

export type Key = keyof typeof KEYS;

/** Flags of one submission that take no text. */
export const SWITCHES: ReadonlySet<string> = new Set([
  'dry-run',
  'wait',
  'here',
  'help'
]);
