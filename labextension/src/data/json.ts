/** JSON of which nothing is known, read with care and with bounds. */

/** No list that is drawn or counted is longer. */
const LIMIT = 20_000;

export function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

export function record(data: unknown): Record<string, unknown> {
  return isRecord(data) ? data : {};
}

export function records(data: unknown): Record<string, unknown>[] {
  return Array.isArray(data) ? data.slice(0, LIMIT).filter(isRecord) : [];
}

export function texts(data: unknown): string[] {
  return Array.isArray(data)
    ? data
        .slice(0, LIMIT)
        .map(text)
        .filter(each => each)
    : [];
}

export function text(data: unknown): string {
  return typeof data === 'string' ? data : '';
}

export function numeric(data: unknown): number | null {
  return typeof data === 'number' && Number.isFinite(data) ? data : null;
}

/** A number of things: never negative, never a fraction. */
export function count(data: unknown): number {
  return Math.max(0, Math.floor(numeric(data) ?? 0));
}

/** The numbers by name; what is no number is left out. */
export function counts(data: unknown): Record<string, number> {
  return Object.fromEntries(
    Object.entries(record(data))
      .slice(0, LIMIT)
      .filter(([, of]) => numeric(of) !== null)
      .map(([name, of]) => [name, count(of)])
  );
}
