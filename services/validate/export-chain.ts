import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { createTurns } from "#shared/ports/turns.ts";
import type { Framing } from "./chain-file.ts";
import type { ValidateDeps } from "./deps.ts";
import { readTip } from "./tip-view.ts";

/** How the file is framed, and where it begins. */
export interface ExportOptions {
  readonly framing: Framing;
  /** Height of the first block: 0 writes genesis too. */
  readonly from: 0 | 1;
  readonly signal?: AbortSignal;
  readonly onProgress?: (height: number, tip: number) => void;
}

/** What was written. */
export interface ExportSummary {
  readonly blocks: number;
  readonly bytes: number;
  /** Height of the last block written. */
  readonly height: number;
}

/** Bytes that are gathered before they are written. */
const WRITE_BYTES = 1024 * 1024;

/**
 * Write our chain as it stands now as framed blocks, oldest first: the bytes that importing it took.
 *
 * @param write takes the next bytes of the file, in order
 * @throws StoreFault `EXOS-E1011` when a body is missing; whatever `write` throws
 */
export async function exportChain(
  write: (bytes: Uint8Array) => Promise<void>,
  deps: Pick<ValidateDeps, "blocks" | "headers" | "coins" | "network" | "clock" | "pause">,
  { framing, from, signal, onProgress }: ExportOptions,
): Promise<ExportSummary> {
  const tip = await readTip(deps);
  const turn = createTurns(deps);
  const head = framing === "magic" ? deps.network.magic : new Uint8Array(0);
  let gathered: Uint8Array[] = [];
  let waiting = 0;
  let bytes = 0;
  const flush = async () => {
    await write(concat(gathered, waiting));
    bytes += waiting;
    gathered = [];
    waiting = 0;
  };

  let height: number = from;
  for (; height <= tip.height && signal?.aborted !== true; height++) {
    const hash = await activeHashAt(height, tip, deps.coins);
    const body = hash === undefined ? undefined : await deps.blocks.get(hash);
    if (body === undefined) {
      const message = `The body of block ${height} (${hash}) is not stored. Run \`exos repair --from blocks\`.`;
      throw new StoreFault(message, { retryable: false, code: "EXOS-E1011" });
    }
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, body.length, true);
    gathered.push(head, length, body);
    waiting += head.length + 4 + body.length;
    if (waiting >= WRITE_BYTES) {
      await flush();
      onProgress?.(height, tip.height);
    }
    await turn();
  }
  if (waiting > 0) await flush();
  return { blocks: height - from, bytes, height: height - 1 };
}

function concat(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
