import type { CommandContext } from "#services/cli/command.ts";
import { cutAtStart } from "#services/cli/dev/cut-at-start.ts";
import { devFleetOf, devPartitionOf } from "#services/cli/dev/dev-fleet.ts";
import {
  DEVELOPMENT_SCRIPT,
  developmentAddress,
  RIVAL_SCRIPT,
} from "#services/cli/dev/development-address.ts";
import { openDevelopmentWallet } from "#services/cli/dev/development-wallet.ts";
import { fiveThings } from "#services/cli/dev/five-things.ts";
import { keepGrowing } from "#services/cli/dev/keep-growing.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import type { ExitCode } from "#services/cli/exit-codes.ts";
import { refused } from "#services/cli/failure.ts";
import { type RunningNode, runNode } from "#services/cli/run-node.ts";
import { coinsText } from "#services/cli/wallet/coins-text.ts";
import { formatEndpoint } from "#shared/p2p/endpoint-text.ts";

/**
 * Coins of the premine. Each of three million proves every slot, and one that won rests for ten
 * blocks, so eleven would do; a hundred leave enough when some are spent.
 */
const PREMINE_COINS = 100;

/** The lowest height above which the premine may be spent. */
function firstBlocks({ network }: EmbeddedNode): number {
  const { premine, maturityBlocks } = network.consensus;
  return (premine?.height ?? 1) + maturityBlocks;
}

/**
 * Mine until the first coins are mature: nothing to do from the second start on.
 * @param owners who get the coins of the premine, in turn
 */
async function mineFirstBlocks(
  node: EmbeddedNode,
  owners: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<void> {
  const missing = firstBlocks(node) - (await node.tip()).height;
  if (missing <= 0) return;
  const premine = Array.from(
    { length: PREMINE_COINS },
    (_, at) => owners[at % owners.length] ?? DEVELOPMENT_SCRIPT,
  );
  const mined = await node.staker.generate(missing, DEVELOPMENT_SCRIPT, { signal, premine });
  if (!mined.ok) throw refused(mined.error);
}

async function describe(running: RunningNode, { config }: CommandContext) {
  const { node, served, httpUrl, rpcUrl, readyMs } = running;
  const { network } = node;
  const { kinds } = await served.index.totals(DEVELOPMENT_SCRIPT);
  const balance = Object.values(kinds).reduce((sum, one) => sum + one.received - one.sent, 0n);
  const tip = await node.tip();
  const address = developmentAddress(network.addresses);
  const things = fiveThings({
    config,
    address,
    httpUrl,
    httpPort: served.httpPort,
    rpcPort: served.rpcPort,
    peerPort: running.peered.listening[0]?.port,
    cities: running.fleet?.cities.length ?? 1,
  });
  return { network, tip, address, balance, httpUrl, rpcUrl, readyMs, things };
}

function peersLine({ peered, fleet }: RunningNode): string[] {
  const [own] = peered.listening;
  const cities = fleet === undefined ? "" : `, and ${fleet.cities.length - 1} more cities`;
  return own === undefined ? [] : [`  peers     ${formatEndpoint(own)}${cities}`];
}

async function announce(running: RunningNode, context: CommandContext): Promise<void> {
  const { terminal, json } = context;
  const { network, tip, address, balance, httpUrl, rpcUrl, readyMs, things } = await describe(
    running,
    context,
  );
  if (json) {
    const { height: at, hash } = tip;
    const urls = { httpUrl, rpcUrl };
    const money = { address, balance: balance.toString() };
    const listening = running.peered.listening.map(formatEndpoint);
    const row = { network: network.name, height: at, hash, ...urls, listening, ...money, readyMs };
    terminal.out(JSON.stringify({ schema: "exos.dev.v1", ...row, try: things }));
    return;
  }
  const lines = [
    `A node of your own on ${network.name}, ready in ${readyMs} ms at height ${tip.height}.`,
    "",
    `  API       ${httpUrl}/v1/node`,
    `  OpenAPI   ${httpUrl}/v1/openapi.json`,
    `  JSON-RPC  ${rpcUrl}/ (login in ${running.served.cookiePath})`,
    ...peersLine(running),
    "  wallet    dev, open and staking; published are its password, dev, and its words,",
    "            abandon (11 times) about",
    `  address   ${address}`,
    `            its first, holds ${coinsText(balance)} ${network.ticker}`,
    "",
    "Five things to try in this folder, from another terminal:",
    ...things.flatMap(({ what, command }, index) => [
      "",
      `  ${index + 1}. ${what}`,
      `  ${command}`,
    ]),
    "",
    "Ctrl-C stops it. The next start goes on where this one stopped.",
  ];
  for (const line of lines) terminal.out(line);
}

/**
 * A node that mines its own first blocks and then stakes what they paid, and says what can be done
 * with it.
 *
 * @param spacingSecondsMin least time between two blocks; 0: every slot
 */
export function runDevelopment(context: CommandContext, spacingSecondsMin = 0): Promise<ExitCode> {
  const fleet = devFleetOf(context, spacingSecondsMin);
  const owners = fleet === undefined ? [DEVELOPMENT_SCRIPT] : [DEVELOPMENT_SCRIPT, RIVAL_SCRIPT];
  const sizes = devPartitionOf(context);
  return runNode(context, {
    fleet,
    prepare: (node, signal) => mineFirstBlocks(node, owners, signal),
    openWallets: (served) => openDevelopmentWallet(served),
    staking: { byDefault: true, spacingSecondsMin },
    announce: (running) => announce(running, context),
    async beside({ node, served, fleet: running }, signal) {
      const { clock } = node;
      if (running !== undefined && sizes !== undefined) {
        await cutAtStart(running, sizes, { clock, signal });
      }
      await keepGrowing({ node, staking: served.staking }, spacingSecondsMin, signal);
    },
  });
}
