import type { Cursor, Cursors } from "#shared/ports/cursors.ts";

/** Cursors of which one is asked for by the follower, and told to its index as it was last. */
export interface RememberedCursor {
  /** Asks for it. */
  readonly asked: () => Promise<Cursor | undefined>;
  /** Tells what was last asked for; before any was, and once another was set, it is asked for. */
  readonly told: Cursors;
}

/**
 * A follower looks at its own cursor before each batch, and whatever it then asks of its index speaks
 * of that one: read anew at each question it cost seven read units a block. Another run may have moved
 * it meanwhile; what both write are the same facts.
 *
 * @source cloud.md 3.3
 */
export function rememberCursor(cursors: Cursors): RememberedCursor {
  let last: Promise<Cursor | undefined> | undefined;
  function asked(): Promise<Cursor | undefined> {
    const asking = cursors.get("index");
    last = asking;
    // Who asked is told of the failure; nobody else is.
    asking.catch(() => {
      last = undefined;
    });
    return asking;
  }
  return {
    asked,
    told: {
      get: (follower) => (follower === "index" ? (last ?? asked()) : cursors.get(follower)),
      async set(follower, cursor) {
        await cursors.set(follower, cursor);
        // Perhaps it changed nothing: tables of a newer generation may be in use.
        last = undefined;
      },
    },
  };
}
