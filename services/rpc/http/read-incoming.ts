import type { Readable } from "node:stream";
import { joinPieces, refuseBody } from "#services/rpc/http/check-size.ts";
import { type Refusal, refused } from "#services/rpc/problems.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Of a caller who is gone before its end: he reads no answer, but the request has to have one. */
const INCOMPLETE = refused("EXOS-E4000", "The body ended before its whole length had come");

/** The body of a request on a socket, read no further than its limit. */
export function readIncoming(
  incoming: Readable,
  bytesMax: number,
): Promise<Result<Uint8Array, Refusal>> {
  return new Promise((resolve) => {
    // What is gone before anybody listens says nothing any more.
    if (incoming.destroyed) return resolve(INCOMPLETE);
    const pieces: Uint8Array[] = [];
    let size = 0;
    incoming.on("data", (piece: Uint8Array) => {
      size += piece.length;
      if (size <= bytesMax) {
        pieces.push(piece);
        return;
      }
      // The rest is dropped as it comes: the caller gets an answer, not a broken connection.
      incoming.removeAllListeners("data");
      incoming.resume();
      resolve(refuseBody(bytesMax));
    });
    incoming.once("end", () => resolve({ ok: true, value: joinPieces(pieces) }));
    incoming.once("error", () => resolve(INCOMPLETE));
    incoming.once("close", () => resolve(INCOMPLETE));
  });
}
