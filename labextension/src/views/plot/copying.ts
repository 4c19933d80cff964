/** Taking a plot elsewhere: as a picture or as text. */

import { h } from '../dom.js';
import type { Key } from './legend.js';
import type { Theme } from './theme.js';

export type Copied = 'copied' | 'saved' | 'failed';

/** Put text on the clipboard, or into a file where the page may not. */
export async function copyText(text: string, name: string): Promise<Copied> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    save(new Blob([text], { type: 'text/csv' }), name);
    return 'saved';
  }
}

/** Put a picture on the clipboard, or into a file where the page may not. */
export async function copyPicture(
  canvas: HTMLCanvasElement,
  name: string
): Promise<Copied> {
  const picture = new Promise<Blob>((resolve, reject) =>
    canvas.toBlob(
      blob =>
        blob ? resolve(blob) : reject(new Error('This browser makes no PNG.')),
      'image/png'
    )
  );
  try {
    // The promise itself: Safari forgets the click while one waits for it.
    await navigator.clipboard.write([
      new ClipboardItem({ 'image/png': picture })
    ]);
    return 'copied';
  } catch {
    try {
      save(await picture, name);
      return 'saved';
    } catch {
      return 'failed';
    }
  }
}

function save(content: Blob, name: string): void {
  const href = URL.createObjectURL(content);
  const link = h('a', { href, download: name });
  link.click();
  // The download has begun, not ended, when click returns.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

export interface PicturePart {
  title: string;
  canvas: HTMLCanvasElement;
  /** Where it stands in the plot, in pixels of the page. */
  left: number;
  top: number;
}

const PAD = 12;
const TITLE = 20;
const LINE = 20;

/** Panels with their titles, and the legend above, on the theme's ground. */
export function drawTogether(
  parts: readonly PicturePart[],
  legend: readonly Key[],
  width: number,
  height: number,
  theme: Theme
): HTMLCanvasElement {
  const ratio = devicePixelRatio || 1;
  const canvas = h('canvas', {});
  const context = canvas.getContext('2d')!;
  const font = `12px ${theme.family}`;
  context.font = font;
  const keys = placed(legend, context, width);
  const above = keys.length ? keys.at(-1)!.top + LINE + PAD / 2 : 0;
  canvas.width = Math.ceil((width + 2 * PAD) * ratio);
  canvas.height = Math.ceil((height + above + 2 * PAD) * ratio);
  context.fillStyle = theme.back;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(ratio, ratio);
  context.translate(PAD, PAD);
  context.textBaseline = 'middle';
  context.font = font;
  for (const { key, left, top } of keys) {
    context.strokeStyle = key.pen.colour || theme.text;
    context.lineWidth = 2.4;
    context.setLineDash([...key.pen.dash]);
    context.beginPath();
    context.moveTo(left, top + LINE / 2);
    context.lineTo(left + 18, top + LINE / 2);
    context.stroke();
    context.fillStyle = theme.text;
    context.fillText(words(key), left + 24, top + LINE / 2);
  }
  context.translate(0, above);
  context.font = `600 ${font}`;
  context.fillStyle = theme.text;
  for (const part of parts) {
    const { width: wide, height: tall } = part.canvas;
    context.fillText(part.title, part.left, part.top - TITLE / 2, wide / ratio);
    context.drawImage(
      part.canvas,
      part.left,
      part.top,
      wide / ratio,
      tall / ratio
    );
  }
  return canvas;
}

function words({ label, range }: Key): string {
  return range ? `${label} (${range})` : label;
}

/** Entries of the legend, broken into lines. */
function placed(
  legend: readonly Key[],
  context: CanvasRenderingContext2D,
  width: number
): { key: Key; left: number; top: number }[] {
  let [left, top] = [0, 0];
  return legend.map(key => {
    const wide = 24 + context.measureText(words(key)).width;
    if (left > 0 && left + wide > width) {
      [left, top] = [0, top + LINE];
    }
    const here = { key, left, top };
    left += wide + 16;
    return here;
  });
}
