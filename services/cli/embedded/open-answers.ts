import { join } from "node:path";
import { openCountedSets } from "#services/cli/embedded/counted-sets.ts";
import { type ControlOptions, controlOf } from "#services/cli/embedded/node-control.ts";
import { openIndexOf } from "#services/cli/embedded/open-index.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import {
  type NodeStaking,
  openStaking,
  type StakingOptions,
} from "#services/cli/embedded/open-staking.ts";
import { openWallets, type WalletOptions } from "#services/cli/embedded/open-wallets.ts";
import { runIndex } from "#services/index/container.ts";
import { followTip, type IndexProgress } from "#services/index/core.ts";
import {
  composeEmbedded as composeRpc,
  type EmbeddedRpc,
  type RpcOptions,
  type Shared as RpcShared,
} from "#services/rpc/compose-embedded.ts";
import { jsonFile } from "#shared/adapters/embedded/json-file.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import type { Wallets } from "#shared/ports/wallets.ts";
import type { WorkSource } from "#shared/ports/work-queue.ts";

/** In the folder of the network. */
const COUNTED_FILE = "counted-sets.json";

/** Who may ask, and what the answers say of the node. */
export interface AnswerOptions
  extends Omit<RpcOptions, "folder">,
    ControlOptions,
    Pick<RpcShared, "version" | "peers" | "sync"> {
  readonly fleet?: RpcShared["fleet"] | undefined;
  /** None: the node has no wallets. */
  readonly wallets?: WalletOptions | undefined;
  /** None, or no wallets: the node does not stake. */
  readonly staking?: StakingOptions | undefined;
}

/** How the index follows. */
export interface FollowOptions {
  /** Waits before each look at the tip, while something better is to be done. */
  due?(): Promise<void>;
  readonly onProgress?: IndexWatch;
}

/** Is told how far the index is. */
export type IndexWatch = (progress: IndexProgress) => void;

/** An open node with its index, ready to be asked. Dispose of it to close the index. */
export interface AnsweringNode extends AsyncDisposable {
  readonly rpc: EmbeddedRpc;
  readonly index: AddressIndex;
  /** `undefined` where the node has none. */
  readonly wallets: Wallets | undefined;
  /** `undefined` where the node or its network has none. */
  readonly staking: NodeStaking | undefined;
  /** Bring the index to the tip; from then on the node counts as ready. */
  catchUp(signal: AbortSignal, onProgress: (progress: IndexProgress) => void): Promise<void>;
  /**
   * Follow the tip with the index until the signal is aborted.
   */
  follow(signal: AbortSignal, options?: FollowOptions): Promise<void>;
  /** From here on answers say that the node is stopping. */
  stopping(): void;
}

/**
 * Open the index of an open node and compose its API, without a listener.
 *
 * @throws StoreFault of the index
 */
export async function openAnswers(
  node: EmbeddedNode,
  options: AnswerOptions,
): Promise<AnsweringNode> {
  const { network, clock, log, metrics, coins, blocks, headers, folder, follow } = node;
  await using stack = new AsyncDisposableStack();
  const { index, deps } = stack.use(await openIndexOf(node));
  const stores = { blocks, headers, coins, index, richList: index, mempool: node.mempool };
  const wallets =
    options.wallets === undefined
      ? undefined
      : stack.use(await openWallets(node, index, options.wallets));
  const staking =
    wallets === undefined || options.staking === undefined
      ? undefined
      : openStaking(node, wallets, options.staking);
  const counting =
    options.role === undefined
      ? undefined
      : await openCountedSets({ coins, headers, state: jsonFile(join(folder.path, COUNTED_FILE)) });
  const since = clock.now();
  type State = ReturnType<RpcShared["state"]>;
  let state: State = { phase: "indexing", stores, progress: 0, etaSeconds: undefined, since };
  const shared: RpcShared = {
    network,
    version: options.version,
    startedMs: clock.elapsedMs(),
    state: () => state,
    control: controlOf(node, options),
    ...(options.fleet === undefined ? {} : { fleet: options.fleet }),
    ...(options.peers === undefined ? {} : { peers: options.peers }),
    ...(options.sync === undefined ? {} : { sync: options.sync }),
    ...(counting && { counted: async (at) => counting.at(at) }),
    wallets,
    staking,
    clock,
    metrics,
    log: log.module("rpc"),
    traces: node.traces,
  };
  const rpc = stack.use(await composeRpc(shared, { ...options, folder: folder.path }));
  const held = stack.move();
  return {
    rpc,
    index,
    wallets,
    staking,
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
    follow(signal, { due, onProgress } = {}) {
      const source: WorkSource<TipHint> = {
        depth: follow.depth,
        consume: (handle, until) =>
          follow.consume(async (hint, delivery) => {
            await due?.();
            await handle(hint, delivery);
            await counting?.note();
          }, until),
      };
      return runIndex({ deps, follow: source, metrics }, signal, onProgress);
    },
    stopping() {
      state = { ...state, phase: "stopping", since: clock.now() };
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
