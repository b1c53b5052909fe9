import type { CommandContext } from "#services/cli/command.ts";
import { commandText, flagsOf } from "#services/cli/command-text.ts";
import {
  type ImportOptions,
  type ImportSummary,
  importFiles,
} from "#services/cli/embedded/node-tasks.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, refused } from "#services/cli/failure.ts";
import { createLongWork, grouped } from "#services/cli/long-work.ts";
import { openNodeOf } from "#services/cli/open-node-of.ts";
import { parseHashHex, toHashHex } from "#shared/primitives/hash.ts";

function show(summary: ImportSummary, { json, terminal, config }: CommandContext): void {
  const { height, hash, coins, supply, muhash, blocks, transactions, seconds, beside } = summary;
  if (json) {
    const { network } = summary;
    const run = { blocks, transactions, seconds };
    const row = { schema: "exos.import.v1", network, height, hash, coins, supply, muhash, ...run };
    terminal.out(JSON.stringify(row));
    return;
  }
  if (beside !== undefined) {
    const { height: at, hash: last } = beside;
    terminal.out(`not followed: the files end at ${at} ${last}, on a branch with less work`);
  } else if (blocks === 0) terminal.out("nothing to do: the chain holds these blocks already");
  terminal.out(`tip      ${height} ${hash}`);
  terminal.out(`coins    ${grouped(coins)}`);
  terminal.out(`supply   ${supply} base units of ${config.network.ticker}`);
  terminal.out(`muhash   ${muhash}`);
  terminal.out(
    `this run ${grouped(blocks)} blocks, ${grouped(transactions)} transactions, ${seconds} seconds`,
  );
}

/** The block that the operator vouches for: `1` names the one that its network ships. */
function assumeValidOf({
  network,
  text,
}: CommandContext["config"]): Pick<ImportOptions, "assumeValid"> {
  const word = text("assumevalid");
  if (word === undefined || word === "0") return {};
  const own = network.consensus.assumeValid;
  const hash = word === "1" ? own && toHashHex(own) : parseHashHex(word);
  if (hash !== undefined) return { assumeValid: hash };
  const message = `--assumevalid takes 64 hex digits, 0, or 1 where the network names a block, not ${word}.`;
  throw new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
}

/** The files, one after the other, and the line that tells how far they are. */
async function replay(context: CommandContext): Promise<ImportSummary> {
  const { config, positionals, options, signal, terminal } = context;
  const stop = options["stop-height"];
  const assumeValid = assumeValidOf(config);
  await using node = await openNodeOf(context);
  const elapsedMs = () => node.clock.elapsedMs();
  const work = createLongWork({ terminal, phase: "blocks", elapsedMs });
  const answer = await importFiles(node, positionals, {
    signal,
    ...assumeValid,
    ...(stop === undefined ? {} : { stopHeight: Number(stop) }),
    onProgress({ percent, blocksPerSecond, transactionsPerSecond, height }) {
      work.show(percent, [
        `${grouped(blocksPerSecond)} blk/s`,
        `${grouped(transactionsPerSecond)} tx/s`,
        `height ${grouped(height)}`,
      ]);
    },
  });
  if (answer.ok) return answer.value;
  const { code, message } = answer.error;
  const { height } = await node.tip();
  throw refused({ code, message: `${message} The chain stands at height ${height}.` });
}

/** Replay chain files into the data folder. @returns 130 when it was interrupted */
export async function runImport(context: CommandContext): Promise<ExitCode> {
  const { config, positionals, options, terminal } = context;
  const summary = await replay(context);
  if (!summary.interrupted) {
    show(summary, context);
    return EXIT.done;
  }
  const stop = options["stop-height"];
  const rest = stop === undefined ? [] : ["--stop-height", stop];
  const again = commandText(["import", ...positionals, ...rest, ...flagsOf(config)]);
  terminal.err(`stopped at height ${summary.height}; everything so far is saved. Go on with:`);
  terminal.err(`  ${again}`);
  return EXIT.interrupted;
}
