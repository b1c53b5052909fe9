import { describe, expect, it } from "vitest";
import { accountPath, parseKeyPath, printKeyPath } from "#shared/wallet/key-path.ts";
import { SCHEMES } from "#shared/wallet/scheme.ts";

const bip44 = SCHEMES["exos-248"];

describe("a key's path", () => {
  it.each([
    ["m/44'/248'/0'/0/0", "exos-248"],
    ["m/44'/248'/100000001'/1/2147483647", "exos-248"],
    ["m/44'/105'/2147483647'/0/7", "plain-105"],
    ["m/1/12", "electrum"],
    ["imported/0", "exos-248"],
  ] as const)("%s is read and printed back", (text, scheme) => {
    const path = parseKeyPath(text, SCHEMES[scheme]);
    expect(path).toBeDefined();
    if (path !== undefined) expect(printKeyPath(path, SCHEMES[scheme])).toBe(text);
  });

  it.each([
    "m/44'/105'/0'/0/0",
    "m/0/0",
    "m/44'/248'/0'/2/0",
    "m/44'/248'/0/0/0",
    "m/44'/248'/0'/0/2147483648",
    "m/44'/248'/2147483648'/0/0",
    "m/44'/248'/0'/0/00",
    "m/44'/248'/0'/0",
    "imported/2147483648",
    "imported",
    "",
  ])("%s is none of this scheme", (text) => {
    expect(parseKeyPath(text, bip44)).toBeUndefined();
  });

  it("names the account it stands in", () => {
    expect(accountPath(3, bip44)).toBe("m/44'/248'/3'");
    expect(accountPath(0, SCHEMES.electrum)).toBe("m");
  });
});
