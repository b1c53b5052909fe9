import { type AnsweringNode, openAnswers } from "#services/cli/embedded/open-answers.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { createApi } from "#services/rpc/core.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Wallets } from "#shared/ports/wallets.ts";
import { createMemoryKeystores } from "./memory-keystores.ts";
import { openTestNode, temporaryFolder } from "./test-node.ts";

/** A node with wallets whose keys are published, asked without a socket. */
export interface WalletNode extends AsyncDisposable {
  readonly node: EmbeddedNode;
  readonly answers: AnsweringNode;
  readonly wallets: Wallets;
  /** One JSON-RPC call. @returns its answer, whatever it is */
  call(method: string, params?: unknown, wallet?: string): Promise<RpcAnswer>;
  /** Its result. @throws when the call was refused */
  ask<T>(method: string, params?: unknown, wallet?: string): Promise<T>;
}

export interface RpcAnswer {
  /** Numbers as doubles. */
  readonly result: unknown;
  readonly error: { readonly code: number; readonly message: string } | null;
  /** As it came. */
  readonly text: string;
}

/** A whole node in a folder of its own, its index following, without a listener. */
export async function openWalletNode(): Promise<WalletNode> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder());
  const node = stack.use(await openTestNode(exosRegtest, folder.path));
  const { network, clock } = node;
  const answers = stack.use(
    await openAnswers(node, {
      ...{ rpcauth: [], rpcuser: "u", rpcpassword: "p", rpcallowip: [], rpcwhitelist: [] },
      ...{ httphosts: [], httporigins: [] },
      readiness: { blocksMax: 2, ageSecondsMax: undefined },
      version: "test",
      rewardScript: Uint8Array.of(0x51),
      stop: () => undefined,
      wallets: { keystores: createMemoryKeystores(network, clock) },
    }),
  );
  const { wallets } = answers;
  if (wallets === undefined) throw new RangeError("the node has no wallets");
  const until = new AbortController();
  // The first block is stored by whoever asks for the tip.
  await node.tip();
  await answers.catchUp(until.signal, () => undefined);
  const running = Promise.all([node.run(until.signal), answers.follow(until.signal)]);
  stack.defer(async () => {
    until.abort();
    await running;
  });
  const call = caller(answers);
  return {
    ...{ node, answers, wallets, call },
    async ask<T>(method: string, params: unknown = [], wallet?: string) {
      const { result, error, text } = await call(method, params, wallet);
      if (error !== null) throw new RangeError(`${method}: ${text}`);
      // The test names the shape it asks for.
      return result as T;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function caller({ rpc }: AnsweringNode): WalletNode["call"] {
  const api = createApi(rpc.deps);
  const headers = {
    authorization: `Basic ${Buffer.from("u:p").toString("base64")}`,
    host: "127.0.0.1",
  };
  return async (method, params = [], wallet) => {
    const path = wallet === undefined ? "/" : `/wallet/${encodeURIComponent(wallet)}`;
    const body = JSON.stringify({ method, params, id: 1 });
    const init = { method: "POST", headers, body };
    const text = await (await api.request(`http://127.0.0.1${path}`, init)).text();
    // The server writes both members.
    const { result, error } = JSON.parse(text) as RpcAnswer;
    return { result, error, text };
  };
}
