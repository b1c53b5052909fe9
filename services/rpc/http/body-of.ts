import { STREAM_BYTES_FROM } from "#services/rpc/limits.ts";

const PIECE_BYTES = 65_536;

/** A text as a body: in one piece, or, over 1 MiB, in many, each given when the reader wants it. */
export function bodyOf(text: string): string | ReadableStream<Uint8Array> {
  if (text.length <= STREAM_BYTES_FROM) return text;
  // Encoded whole: a cut through the text could part the two halves of one character.
  const bytes = new TextEncoder().encode(text);
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.subarray(offset, offset + PIECE_BYTES));
      offset += PIECE_BYTES;
      if (offset >= bytes.length) controller.close();
    },
  });
}
