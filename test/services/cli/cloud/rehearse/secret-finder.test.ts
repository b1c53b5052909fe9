import { randomBytes } from "node:crypto";
import { deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createSecretFinder } from "#services/cli/cloud/rehearse/secret-finder.ts";

const SECRETS = {
  "edge-key": randomBytes(32).toString("hex"),
  webhook: `https://hooks.example/${randomBytes(9).toString("hex")}?to="a&b"\n~<é>`,
};
const finder = createSecretFinder(SECRETS);
const noise = (bytes: number) => randomBytes(bytes).toString("latin1");

/** Between other bytes, at each of thirteen places. */
function found(text: string | Uint8Array): (string | undefined)[] {
  return Array.from({ length: 13 }, (_, at) =>
    finder.find(Buffer.concat([randomBytes(100 + at), Buffer.from(text), randomBytes(50)])),
  );
}

/** An archive of one file that is packed, as those that functions are deployed by. */
function zipped(text: string, knowsSize: boolean): Buffer {
  const packed = deflateRawSync(text);
  const head = Buffer.alloc(30);
  head.write("PK\x03\x04", "latin1");
  head.writeUInt16LE(8, 8);
  if (knowsSize) head.writeUInt32LE(packed.length, 18);
  head.writeUInt16LE("a.mjs".length, 26);
  return Buffer.concat([head, Buffer.from("a.mjs"), packed]);
}

const hex = (text: string) => Buffer.from(text).toString("hex");
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe.each(Object.entries(SECRETS))("the secret %s", (name, value) => {
  const FORMS: readonly (readonly [string, string | Uint8Array])[] = [
    ["as it is", value],
    ["in a document", JSON.stringify({ key: value })],
    ["in a document within a document", JSON.stringify({ body: JSON.stringify({ key: value }) })],
    ["in a URL", encodeURIComponent(value)],
    ["in a form", new URLSearchParams({ value }).toString()],
    ["in hex", hex(value)],
    ["in capital hex", hex(value).toUpperCase()],
    ["in base64", base64(value)],
    ["in base64, one further", base64(`x${value}`)],
    ["in base64, two further", base64(`xx${value}y`)],
    ["in base64 of URLs", Buffer.from(`é${value}`).toString("base64url")],
    ["gzip'd", gzipSync(`a log: ${value}`)],
    ["gzip'd twice", gzipSync(gzipSync(value))],
    ["gzip'd, in base64", gzipSync(`a log: ${value}`).toString("base64")],
    ["in zstd", zstdCompressSync(value)],
    ["in an archive", zipped(`const key = ${JSON.stringify(value)};`, true)],
    ["in an archive that was streamed", zipped(value, false)],
  ];
  it.each(FORMS)("is found %s", (_, text) => {
    // What follows zstd is of no frame of its own, as objects end where it ends.
    const all = text instanceof Uint8Array && text[0] === 0x28 ? [finder.find(text)] : found(text);
    for (const one of all) expect(one).toContain(name);
    for (const one of all) expect(one).not.toContain(value);
  });
});

describe("what holds no secret", () => {
  it("is not found to hold one", () => {
    const other = randomBytes(32).toString("hex");
    const texts = [noise(100_000), other, base64(other), gzipSync(other), "", "abc", "H4sI"];
    for (const text of texts) expect(finder.find(Buffer.from(text))).toBeUndefined();
  });

  it("is looked through in a time that does not count the secrets", () => {
    const many = Array.from({ length: 40 }, (_, at) => [`${at}`, randomBytes(32).toString("hex")]);
    const bytes = randomBytes(4_000_000);
    bytes.write(many[39]?.[1] ?? "", 3_999_900);
    expect(createSecretFinder(Object.fromEntries(many)).find(bytes)).toBe("39, as it is");
  });

  it("is nothing that a short one could be told from", () => {
    expect(() => createSecretFinder({ short: "0123456789abcde" })).toThrow("short is too short");
  });
});

describe("the bytes that a key's hex stands for", () => {
  it.each([
    ["as they are", Buffer.from(SECRETS["edge-key"], "hex")],
    ["in base64", Buffer.from(SECRETS["edge-key"], "hex").toString("base64")],
  ])("are found %s", (_, text) => {
    for (const one of found(text)) expect(one).toContain("edge-key");
  });
});
