/** Those who want to be told of something, until they say otherwise. */
export class Listeners<T = void> {
  /** @returns what takes the listener away again. */
  add(listener: (told: T) => void): () => void {
    this._all.add(listener);
    return () => {
      this._all.delete(listener);
    };
  }

  /** Tell all who listen now; whoever comes meanwhile is told the next time. */
  tell(told: T): void {
    for (const listener of [...this._all]) {
      listener(told);
    }
  }

  clear(): void {
    this._all.clear();
  }

  private readonly _all = new Set<(told: T) => void>();
}
