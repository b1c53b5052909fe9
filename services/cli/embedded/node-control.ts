import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import type { Shared as RpcShared } from "#services/rpc/compose-embedded.ts";

/** What the API may do with the process around it. */
export interface ControlOptions {
  /** Where `generate` pays to, on development networks. */
  readonly rewardScript: Uint8Array;
  /** Begin an orderly stop: the method `stop` was called. */
  stop(): void;
  /** Aborted when a stop begins: what is being mined ends with the blocks that it has. */
  readonly stopped?: AbortSignal;
}

/** How the API changes an open node. */
export function controlOf(node: EmbeddedNode, options: ControlOptions): RpcShared["control"] {
  const { network, validator, staker, clock, folder } = node;
  // No peer sends again what was handed in here: it is on disk before it is answered.
  const durable = async <T>(done: Promise<T>): Promise<T> => {
    const answer = await done;
    await node.flush();
    return answer;
  };
  const mining = options.stopped === undefined ? {} : { signal: options.stopped };
  const development: RpcShared["control"]["development"] = {
    rewardScript: options.rewardScript,
    generate: (count, script) => durable(staker.generate(count, script, mining)),
    mockTime: (time) => clock.mock(time),
    invalidate: (hash) => durable(validator.invalidate(hash)),
    reconsider: (hash) => durable(validator.reconsider(hash)),
  };
  return {
    submit: (block) => durable(validator.submit(block)),
    sizeOnDisk: () => sizeOfFolder(folder.path),
    lowestBody: () => folder.lowestBody.get(),
    stop: options.stop,
    development: network.kind === "regtest" ? development : undefined,
  };
}

/** Bytes of every file below a folder; files come and go while it is counted. */
async function sizeOfFolder(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      try {
        return (await stat(join(parentPath, name))).size;
      } catch {
        // LevelDB has removed it meanwhile: it takes no room any more.
        return 0;
      }
    });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
