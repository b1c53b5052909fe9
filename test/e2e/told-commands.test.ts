import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runToldCommands } from "#services/cli/run-told-commands.ts";
import { temporaryFolder } from "../support/test-node.ts";
import { openWalletNode, type WalletNode } from "../support/wallet-node.ts";

const SCRIPT = Uint8Array.of(0x51);

/** The commands of an operator beside a node that runs, until `stop`. */
function tell({ node, wallets }: WalletNode, settings: Readonly<Record<string, string>>) {
  const stop = new AbortController();
  const served = { wallets } as Parameters<typeof runToldCommands>[0]["served"];
  const config = { text: (key: string) => settings[key] };
  return { stop, running: runToldCommands({ node, served }, config, stop.signal) };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

it("a command is told of each new tip by its hash, and of each payment by its txid and wallet", async () => {
  using folder = temporaryFolder();
  await using world = await openWalletNode();
  await world.ask("createwallet", { wallet_name: "a", passphrase: "p" });
  const told = join(folder.path, "told");
  const { stop, running } = tell(world, {
    blocknotify: `echo block %s >> ${told}`,
    walletnotify: `echo %w %s >> ${told}`,
  });
  const lines = () => (existsSync(told) ? readFileSync(told, "utf8").trim().split("\n") : []);
  const address = await world.ask<string>("getnewaddress");
  const [hash] = await world.ask<string[]>("generatetoaddress", [1, address]);
  await until(() => lines().length >= 2);
  const block = await world.ask<{ tx: string[] }>("getblock", [hash]);
  expect(lines().toSorted()).toEqual([`a ${block.tx[0]}`, `block ${hash}`]);
  stop.abort();
  await running;
});

it("a stop waits for no command that hangs", async () => {
  using folder = temporaryFolder();
  await using world = await openWalletNode();
  const begun = join(folder.path, "begun");
  const { stop, running } = tell(world, { blocknotify: `touch ${begun}; sleep 1000` });
  await world.node.staker.generate(1, SCRIPT);
  await until(() => existsSync(begun));
  stop.abort();
  await running;
});
