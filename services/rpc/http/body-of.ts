import { STREAM_BYTES_FROM } from "#services/rpc/limits.ts";

const PIECE_CHARACTERS = 65_536;

/** A text as a body: in one piece, or, over 1 MiB, in many, each made when the reader wants it. */
export function bodyOf(text: string): string | ReadableStream<Uint8Array> {
  if (text.length <= STREAM_BYTES_FROM) return text;
  const encoder = new TextEncoder();
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= text.length) return controller.close();
      controller.enqueue(encoder.encode(text.slice(offset, offset + PIECE_CHARACTERS)));
      offset += PIECE_CHARACTERS;
    },
  });
}
