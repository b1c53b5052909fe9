import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "#services/cli/command.ts";
import {
  checkSnapshot,
  createSnapshot,
  restoreSnapshot,
} from "#services/cli/embedded/snapshot-tasks.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { grouped } from "#services/cli/long-work.ts";
import { openNodeOf } from "#services/cli/open-node-of.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import type { SnapshotManifest } from "#shared/coins/snapshot-manifest.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

type Verb = "create" | "verify" | "import";

const DONE: Readonly<Record<Verb, string>> = {
  create: "written",
  verify: "whole and consistent",
  import: "imported",
};

/** The set hash that the operator vouches for. */
function trustOf({ options }: CommandContext): { readonly trust?: HashHex } {
  const { trust } = options;
  if (trust === undefined) return {};
  const hash = parseHashHex(trust);
  if (hash !== undefined) return { trust: hash };
  throw new CommandFailure(`--trust takes the 64 hex digits of a set hash, not ${trust}`, {
    code: "EXOS-E0002",
    exit: EXIT.usage,
  });
}

async function create(context: CommandContext, folder: string): Promise<SnapshotManifest> {
  if (existsSync(join(folder, "manifest.json"))) {
    throw new CommandFailure(`${folder} holds a snapshot already`, { code: "EXOS-E2011" });
  }
  const { height } = context.options;
  await using node = await openNodeOf(context);
  return await createSnapshot(node, {
    folder,
    height: height === undefined ? undefined : Number(height),
    program: PROGRAM_VERSION,
  });
}

async function restore(context: CommandContext, folder: string): Promise<SnapshotManifest> {
  await using node = await openNodeOf(context);
  return (await restoreSnapshot(node, trustOf(context), folder)).manifest;
}

/** Write, check or take in a snapshot. */
export async function runSnapshot(
  context: CommandContext,
  verb: Verb,
  folder: string,
): Promise<ExitCode> {
  const { json, terminal, config } = context;
  const manifest =
    verb === "create"
      ? await create(context, folder)
      : verb === "import"
        ? await restore(context, folder)
        : (await checkSnapshot({ network: config.network, ...trustOf(context) }, folder)).manifest;
  const { height, hash, coins, supply, muhash, chunks } = manifest;
  if (json) {
    const facts = { network: manifest.network, height, hash, coins, supply: supply.toString() };
    const row = { schema: "exos.snapshot.v1", verb, folder, ...facts, muhash };
    terminal.out(JSON.stringify(row));
    return EXIT.done;
  }
  terminal.out(`${folder}: ${DONE[verb]}, ${grouped(chunks.length)} chunks of coins`);
  terminal.out(`block    ${height} ${hash}`);
  terminal.out(`coins    ${grouped(coins)}`);
  terminal.out(`supply   ${supply} base units of ${config.network.ticker}`);
  terminal.out(`muhash   ${muhash}`);
  return EXIT.done;
}
