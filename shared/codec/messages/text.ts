import type { Reader } from "#shared/codec/reader.ts";
import type { Writer } from "#shared/codec/writer.ts";

/** Text as messages carry it: a length, then one byte a character, none of them interpreted. */
export function readText(reader: Reader): string {
  return Array.from(reader.byteString(), (byte) => String.fromCharCode(byte)).join("");
}

/** Characters beyond one byte lose what does not fit. */
export function writeText(writer: Writer, text: string): void {
  writer.byteString(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}
