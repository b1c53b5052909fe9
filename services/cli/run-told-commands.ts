import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Config } from "#services/cli/read-config.ts";
import type { RunningNode } from "#services/cli/run-node.ts";
import { together } from "#services/cli/together.ts";
import type { Wallet } from "#shared/ports/wallets.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

type Node = Pick<RunningNode, "node" | "served">;

/** Longest that a command may take, in milliseconds: then it is ended, and the next one runs. */
const COMMAND_MS_MAX = 60_000;
/** Transactions of a wallet that are looked at after every block: no more come with one. */
const NEWEST = 200;

/**
 * Run what `blocknotify` and `walletnotify` say, until the signal is aborted: `%s` is the hash of
 * the block or the txid, `%w` the wallet. One at a time; of blocks that come meanwhile the last one
 * is told.
 */
export async function runToldCommands(
  running: Node,
  config: Pick<Config, "text">,
  signal: AbortSignal,
): Promise<void> {
  const block = config.text("blocknotify");
  const payment = config.text("walletnotify");
  await together(
    [
      async (end) => (block === undefined ? undefined : tellBlocks(running, block, end)),
      async (end) => (payment === undefined ? undefined : tellPayments(running, payment, end)),
    ],
    signal,
  );
}

async function tellBlocks({ node }: Node, command: string, signal: AbortSignal): Promise<void> {
  await node.follower("blocknotify").consume(async ({ hash }) => {
    await run({ command, values: { s: hash }, node, signal });
  }, signal);
}

/** Both a transaction that enters the pool and a block that holds one are told. */
async function tellPayments(running: Node, command: string, signal: AbortSignal): Promise<void> {
  const { node, served } = running;
  const known = new Map<string, Map<HashHex, boolean>>();
  for (const wallet of served.wallets?.loaded() ?? []) {
    known.set(wallet.name, await newestOf(wallet));
  }
  const lookOnce = async (): Promise<void> => {
    for (const wallet of served.wallets?.loaded() ?? []) {
      const before = known.get(wallet.name);
      const now = await newestOf(wallet);
      known.set(wallet.name, now);
      for (const [txid, mined] of before === undefined ? [] : now) {
        if (before?.get(txid) === mined) continue;
        await run({ command, values: { s: txid, w: wallet.name }, node, signal });
      }
    }
  };
  let last: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => {
    // One look after the other, whatever became of the one before: its queue brings that again.
    last = last.then(lookOnce, lookOnce);
    return last;
  };
  await together(
    [
      (end) => node.follower("walletnotify").consume(look, end),
      (end) => node.accepted("walletnotify").consume(look, end),
    ],
    signal,
  );
}

/** The newest transactions, and whether a block holds each. */
async function newestOf(wallet: Wallet): Promise<Map<HashHex, boolean>> {
  const newest = await wallet.history({ count: NEWEST, skip: 0 });
  return new Map(newest.map(({ txid, place }) => [txid, place !== undefined]));
}

interface ToldCommand extends Pick<Node, "node"> {
  readonly command: string;
  /** Hex and names of wallets: nothing that a shell would read as more than a word. */
  readonly values: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

async function run({ command, values, node, signal }: ToldCommand): Promise<void> {
  if (signal.aborted) return;
  const line = command.replaceAll(/%([sw])/g, (place, name: string) => values[name] ?? place);
  const child = spawn(line, { shell: true, stdio: "ignore", timeout: COMMAND_MS_MAX });
  try {
    const [code] = await once(child, "exit", { signal });
    if (code !== 0) node.log.warn("EXOS-E0010", "a command of the operator failed", { code });
  } catch (cause) {
    if (signal.aborted) {
      // A stop waits for nobody's command; one that began goes on without us.
      child.on("error", () => undefined).unref();
      return;
    }
    node.log.warn("EXOS-E0010", "a command of the operator cannot be run", { err: String(cause) });
  }
}
