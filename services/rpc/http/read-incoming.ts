import type { Readable } from "node:stream";
import { joinPieces, refuseBody } from "#services/rpc/http/check-size.ts";
import type { Refusal } from "#services/rpc/problems.ts";
import type { Result } from "#shared/primitives/result.ts";

/** The body of a request on a socket, read no further than its limit. */
export function readIncoming(
  incoming: Readable,
  bytesMax: number,
): Promise<Result<Uint8Array, Refusal>> {
  return new Promise((resolve, reject) => {
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
    incoming.once("error", reject);
  });
}
