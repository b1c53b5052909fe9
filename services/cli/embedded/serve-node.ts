import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { openIndexOf } from "#services/cli/embedded/open-index.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { runIndex } from "#services/index/container.ts";
import { followTip, type IndexProgress } from "#services/index/core.ts";
import {
  composeEmbedded as composeRpc,
  type RpcOptions,
  type Shared as RpcShared,
} from "#services/rpc/compose-embedded.ts";
import { type Listen, listen } from "#services/rpc/container.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";

/** Where a node answers and who may ask. */
export interface ServeOptions extends Omit<RpcOptions, "folder"> {
  readonly http: Listen;
  readonly rpc: Listen;
  /** Of the program. */
  readonly version: string;
  /** Where `generate` pays to, on development networks. */
  readonly rewardScript: Uint8Array;
  /** Begin an orderly stop: the method `stop` was called. */
  stop(): void;
}

/** A node that answers. Dispose of it to answer what is in flight and stop listening. */
export interface ServedNode extends AsyncDisposable {
  readonly httpPort: number;
  readonly rpcPort: number;
  readonly cookiePath: string;
  readonly index: AddressIndex;
  /** Bring the index to the tip; from then on the node counts as ready. */
  catchUp(signal: AbortSignal, onProgress: (progress: IndexProgress) => void): Promise<void>;
  /** Follow the tip with the index until the signal is aborted. */
  follow(signal: AbortSignal): Promise<void>;
}

/**
 * Open the index of an open node and answer for it on both ports.
 *
 * @throws StoreFault `EXOS-E0006` when a port is taken, or of the index
 */
export async function serveNode(node: EmbeddedNode, options: ServeOptions): Promise<ServedNode> {
  const { network, clock, log, metrics, coins, blocks, headers, folder, follow } = node;
  await using stack = new AsyncDisposableStack();
  const indexing = stack.use(await openIndexOf(node));
  const { index, deps } = indexing;
  const stores = { blocks, headers, coins, index };
  const since = clock.now();
  type State = ReturnType<RpcShared["state"]>;
  let state: State = { phase: "indexing", stores, progress: 0, etaSeconds: undefined, since };
  const shared: RpcShared = {
    network,
    version: options.version,
    startedMs: clock.elapsedMs(),
    state: () => state,
    control: controlOf(node, options),
    clock,
    metrics,
    log: log.module("rpc"),
  };
  const rpc = stack.use(await composeRpc(shared, { ...options, folder: folder.path }));
  const listeners = stack.use(await listen(rpc, options));
  const held = stack.move();
  const { httpPort, rpcPort } = listeners;
  return {
    httpPort,
    rpcPort,
    cookiePath: rpc.cookiePath,
    index,
    async catchUp(signal, onProgress) {
      await followTip(deps, {
        signal,
        onProgress(progress) {
          const { at, target } = progress;
          state = { ...state, progress: target === 0 ? 1 : at.height / target };
          onProgress(progress);
        },
      });
      state = { ...state, phase: "ready", progress: 1, since: clock.now() };
    },
    follow: (signal) => runIndex({ deps, follow, metrics }, signal),
    async [Symbol.asyncDispose]() {
      state = { ...state, phase: "stopping", since: clock.now() };
      await held.disposeAsync();
    },
  };
}

function controlOf(node: EmbeddedNode, options: ServeOptions): RpcShared["control"] {
  const { network, validator, staker, clock, folder } = node;
  // No peer sends again what was handed in here: it is on disk before it is answered.
  const durable = async <T>(done: Promise<T>): Promise<T> => {
    const answer = await done;
    await node.flush();
    return answer;
  };
  const development: RpcShared["control"]["development"] = {
    rewardScript: options.rewardScript,
    generate: (count, script) => durable(staker.generate(count, script)),
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
