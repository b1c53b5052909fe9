import { expect, it } from "vitest";
import type { WalletStores } from "#shared/ports/wallet-store.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { IMPORTED_KEYS_MAX } from "#shared/wallet/wallet-secret.ts";

const key = (byte: number): Uint8Array => new Uint8Array(33).fill(byte);
const TXID = "ab".repeat(32) as HashHex;

/** What every store of wallets promises. @param create an empty one each time */
export function walletStoreContract(create: () => WalletStores): void {
  it("takes as many keys at once as a list may import", async () => {
    const store = create().of("w");
    const keys = Array.from({ length: IMPORTED_KEYS_MAX }, (_, at) => Uint8Array.of(at >> 8, at));
    await store.addKeys("imported", 0, keys);
    expect(await store.keys("imported")).toEqual(keys);
  });

  it("knows nothing of a wallet that nobody told it of", async () => {
    const store = create().of("w");
    expect(await store.accountKeys()).toEqual(new Map());
    expect(await store.keys("0/external")).toEqual([]);
    expect(await store.given("0/external")).toBe(0);
    expect(await store.labels()).toEqual(new Map());
    expect(await store.note(TXID)).toBeUndefined();
  });

  it("keeps the first key of an account, and the wallets apart", async () => {
    const stores = create();
    const store = stores.of("w");
    await store.addAccountKey(100_000_001, "tpub1");
    await store.addAccountKey(100_000_001, "tpub2");
    expect(await store.accountKeys()).toEqual(new Map([[100_000_001, "tpub1"]]));
    expect(await stores.of("v").accountKeys()).toEqual(new Map());
  });

  it("lists keys by their index, each list apart, and changes none", async () => {
    const store = create().of("w");
    await store.addKeys("0/external", 0, [key(1), key(2)]);
    await store.addKeys("0/external", 1, [key(9), key(3)]);
    await store.addKeys("0/internal", 0, [key(7)]);
    await store.addKeys("0/internal", 1, []);
    const keys = await store.keys("0/external");
    expect(keys).toEqual([key(1), key(2), key(3)]);
    expect(keys.every((each) => each.constructor === Uint8Array)).toBe(true);
    expect(await store.keys("0/internal")).toEqual([key(7)]);
  });

  it("raises what was given out, and never lowers it", async () => {
    const store = create().of("w");
    await store.raiseGiven("0/external", 5);
    await store.raiseGiven("0/external", 3);
    expect(await store.given("0/external")).toBe(5);
    await store.raiseGiven("0/external", 6);
    expect(await store.given("0/external")).toBe(6);
    expect(await store.given("0/internal")).toBe(0);
  });

  it("replaces a label, and takes it away when it is empty", async () => {
    const store = create().of("w");
    await store.setLabel("76a9", "rent");
    await store.setLabel("76a8", "père'; drop table label");
    await store.setLabel("76a9", "food");
    expect(await store.labels()).toEqual(
      new Map([
        ["76a8", "père'; drop table label"],
        ["76a9", "food"],
      ]),
    );
    await store.setLabel("76a9", "");
    expect([...(await store.labels()).keys()]).toEqual(["76a8"]);
  });

  it("replaces a note, but for the time when its transaction was first seen", async () => {
    const store = create().of("w");
    await store.setNote(TXID, { seen: unixSeconds(5), comment: "", commentTo: "" });
    await store.setNote(TXID, { seen: unixSeconds(9), comment: "for", commentTo: "whom" });
    expect(await store.note(TXID)).toEqual({ seen: 5, comment: "for", commentTo: "whom" });
  });
}
