import { crc32 } from "node:zlib";

/** 1980-01-01, the first day that an archive can name. */
const DATE = 0x0021;

/**
 * An archive of one file, stored as it is: what Lambda takes the code of a function as.
 *
 * @source PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16
 */
export function zipOf(name: string, text: string): Uint8Array {
  const [file, path] = [Buffer.from(text), Buffer.from(name)];
  // From "version needed" to "extra field length", which both headers of a file have alike.
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(DATE, 8);
  facts.writeUInt32LE(crc32(file), 10);
  facts.writeUInt32LE(file.length, 14);
  facts.writeUInt32LE(file.length, 18);
  facts.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), facts, path, file]);
  // Made by version 2.0; readable by everybody, as Unix says it.
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(0o100644 * 2 ** 16, 6);
  const central = Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), facts, rest, path]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from("PK\x05\x06"), end]);
}
