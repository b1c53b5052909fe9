import { expect, it } from "vitest";
import { openWatchList } from "#services/wallet/watch-list.ts";
import { openSqliteWalletStores } from "#shared/adapters/embedded/sqlite-wallet-store.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { createMemoryKeystores } from "../../support/memory-keystores.ts";
import { openWalletNode } from "../../support/wallet-node.ts";

it("a wallet that two load at once is opened once", async () => {
  await using world = await openWalletNode();
  await world.ask("createwallet", { wallet_name: "a", passphrase: "p" });
  await world.ask("unloadwallet", ["a"]);
  const both = await Promise.all([
    world.call("loadwallet", ["a"]),
    world.call("loadwallet", ["a"]),
  ]);
  expect(both.map(({ error }) => error === null)).toEqual([true, false]);
  expect(await world.ask("listwallets")).toEqual(["a"]);
});

it("keys that several reach for at once stand at their places, each once", async () => {
  const keystores = createMemoryKeystores(exosRegtest, createSystemClock());
  const source = { kind: "fresh", words: 12 } as const;
  const made = await keystores.create({ name: "a", password: "p", source, scheme: undefined });
  if (!made.ok) throw new RangeError(made.error.message);
  await using stores = openSqliteWalletStores(":memory:");
  const watch = await openWatchList(made.value, stores.of(made.value.id), exosRegtest);
  const [list] = watch.lists();
  if (list === undefined) throw new RangeError("no list");
  await Promise.all([3, 5, 4].map((count) => watch.reach(list, count)));
  const keys = await watch.reach(list, 8);
  expect(keys.map(({ key }) => key.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(new Set(keys.map(({ address }) => address)).size).toBe(8);
  expect(keys.map(({ publicKey }) => publicKey)).toEqual(
    await stores.of(made.value.id).keys(list.id),
  );
});
