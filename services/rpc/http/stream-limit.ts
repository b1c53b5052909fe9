/** Streams that one client may hold at a time. @source interfaces.md 3.4 (1) */
export const STREAMS_MAX = 20;

/** Counts streams that are held. */
export interface StreamLimit {
  /**
   * Begin a stream.
   * @returns what ends it, once and for all; `undefined` where the client holds as many as it may
   */
  enter(client: string): (() => void) | undefined;
}

/** Of this process alone, which holds all of its streams. */
export function createStreamLimit(): StreamLimit {
  // Whoever holds none is not in it: it never grows beyond the streams that there are.
  const held = new Map<string, number>();
  return {
    enter(client) {
      const before = held.get(client) ?? 0;
      if (before >= STREAMS_MAX) return undefined;
      held.set(client, before + 1);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        const left = (held.get(client) ?? 1) - 1;
        if (left === 0) held.delete(client);
        else held.set(client, left);
      };
    },
  };
}
