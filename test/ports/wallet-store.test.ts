import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { openSqliteWalletStores } from "#shared/adapters/embedded/sqlite-wallet-store.ts";
import { disposedOf, temporaryFolder } from "../support/temporary-folder.ts";
import { walletStoreContract } from "./wallet-store.contract.ts";

describe("sqlite wallet store", () => {
  walletStoreContract(() => disposedOf(openSqliteWalletStores(":memory:")));

  it("has after a new start what it had before, for its owner's eyes alone", async () => {
    const path = join(temporaryFolder(), "watch.sqlite");
    const first = openSqliteWalletStores(path);
    await first.of("w").setLabel("51", "kept");
    await first[Symbol.asyncDispose]();
    await using again = openSqliteWalletStores(path);
    expect([...(await again.of("w").labels()).values()]).toEqual(["kept"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("refuses a file of a later version, and one that is no database", async () => {
    const path = join(temporaryFolder(), "watch.sqlite");
    const later = new DatabaseSync(path);
    later.exec("pragma user_version = 2");
    later.close();
    expect(() => openSqliteWalletStores(path)).toThrow(
      expect.objectContaining({ name: "StoreFault", code: "EXOS-E1005" }),
    );
    expect(() => openSqliteWalletStores(temporaryFolder())).toThrow(
      expect.objectContaining({ name: "StoreFault" }),
    );
  });

  it("answers with a fault once it is closed", async () => {
    const stores = openSqliteWalletStores(":memory:");
    const store = stores.of("w");
    await store.labels();
    await stores[Symbol.asyncDispose]();
    await expect(store.labels()).rejects.toMatchObject({ name: "StoreFault" });
  });
});
