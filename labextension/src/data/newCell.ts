/** The source of a new experiment's cell, and where to go on writing. */

import type { PlanItem } from './plan.js';
import { slug } from './slug.js';

export interface NewCell {
  source: string;
  /** Where the first missing thing belongs, counted from 0. */
  cursor: { line: number; column: number };
}

/** What makes `%%experiment` known to a kernel; a cell of its own, for it has to be run first. */
export const LOAD = '%load_ext jupyter_labbook';

/** Whether a cell's code does that. */
export function loads(source: string): boolean {
  return /^[^#\n]*load_ext(?:ension)?\b[^#\n]*\bjupyter_labbook\b/m.test(
    source
  );
}

/** An experiment's cell, with what an item of the plan says filled in. */
export function newCell(item: PlanItem | null = null): NewCell {
  const lines = [item ? `%%experiment ${slug(item.text)}` : '%%experiment'];
  const texts: [key: string, text: string][] = [
    ['question', item?.text ?? ''],
    ['hypothesis', item?.expected ?? ''],
    ['predict', '']
  ];
  for (const [key, text] of texts) {
    lines.push(`#| ${key}: ${line(text)}`);
  }
  if (item?.impact) {
    lines.push(`#| impact: ${line(item.impact)}`);
  }
  if (item?.setup) {
    lines.push(`# Setup: ${line(item.setup)}`);
  }
  const missing = 1 + texts.findIndex(([, text]) => !text);
  return {
    source: `${lines.join('\n')}\n`,
    cursor: { line: missing, column: lines[missing]!.length }
  };
}

function line(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
