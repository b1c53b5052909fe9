import { HEADER_BYTES_MAX, URL_BYTES_MAX } from "#services/rpc/limits.ts";
import type { Refusal } from "#services/rpc/problems.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Whether the URL and headers of a request are short enough. */
export function checkHeadSize(request: Request): Refusal | undefined {
  if (request.url.length > URL_BYTES_MAX) {
    return { code: "EXOS-E4140", detail: `The URL is over ${URL_BYTES_MAX} bytes` };
  }
  let bytes = 0;
  for (const [name, value] of request.headers) bytes += name.length + value.length + 4;
  if (bytes <= HEADER_BYTES_MAX) return undefined;
  return { code: "EXOS-E4310", detail: `The headers are over ${HEADER_BYTES_MAX} bytes` };
}

/** The refusal of a body over its limit. */
export function refuseBody(bytesMax: number) {
  const error = { code: "EXOS-E4130", detail: `The body is over ${bytesMax} bytes` } as const;
  return { ok: false, error } as const;
}

/** A request's body, read no further than its limit, whatever its headers promise. */
export async function readBody(
  request: Request,
  bytesMax: number,
): Promise<Result<Uint8Array, Refusal>> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > bytesMax) return refuseBody(bytesMax);
  if (request.body === null) return { ok: true, value: new Uint8Array(0) };

  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body) {
    size += piece.length;
    if (size > bytesMax) return refuseBody(bytesMax);
    pieces.push(piece);
  }
  return { ok: true, value: joinPieces(pieces) };
}

/** One array of many; a single piece is not copied. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
