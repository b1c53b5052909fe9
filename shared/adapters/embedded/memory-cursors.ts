import type { Cursor, Cursors, FollowerName } from "#shared/ports/cursors.ts";

/** Cursors of followers whose work does not outlive the process. */
export function createMemoryCursors(): Cursors {
  const cursors = new Map<FollowerName, Cursor>();
  return {
    get: async (follower) => cursors.get(follower),
    async set(follower, { rev, height, hash, generation }) {
      if ((cursors.get(follower)?.generation ?? 0) > generation) return;
      cursors.set(follower, { rev, height, hash, generation });
    },
  };
}
