import {
  type AnsweringNode,
  type AnswerOptions,
  openAnswers,
} from "#services/cli/embedded/open-answers.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { type Answering, type Listen, listen } from "#services/rpc/container.ts";

/** Where a node answers and who may ask. */
export interface ServeOptions extends AnswerOptions {
  readonly cities?: Answering["cities"] | undefined;
  readonly http: Listen;
  readonly rpc: Listen;
}

/** A node that answers. Dispose of it to answer what is in flight and stop listening. */
export interface ServedNode
  extends Pick<AnsweringNode, "index" | "wallets" | "staking" | "catchUp" | "follow">,
    AsyncDisposable {
  readonly httpPort: number;
  readonly rpcPort: number;
  readonly cookiePath: string;
}

/**
 * Open the index of an open node and answer for it on both ports.
 *
 * @throws StoreFault `EXOS-E0006` when a port is taken, or of the index
 */
export async function serveNode(node: EmbeddedNode, options: ServeOptions): Promise<ServedNode> {
  await using stack = new AsyncDisposableStack();
  const answers = stack.use(await openAnswers(node, options));
  const { cookiePath } = answers.rpc;
  const { httpPort, rpcPort } = stack.use(await listen(answeringOf(answers.rpc, options), options));
  const { index, wallets, staking, catchUp, follow } = answers;
  const held = stack.move();
  return {
    httpPort,
    rpcPort,
    cookiePath,
    index,
    wallets,
    staking,
    catchUp,
    follow,
    async [Symbol.asyncDispose]() {
      answers.stopping();
      await held.disposeAsync();
    },
  };
}

/** A city answers below its own letters too, also the first of a fleet; outside AWS its operator apart. */
function answeringOf(
  { deps, own }: AnsweringNode["rpc"],
  { cities, role }: Pick<ServeOptions, "cities" | "role">,
): Answering {
  if (role !== undefined) return { deps, own, cities: new Map([[deps.city, deps]]) };
  return cities === undefined ? { deps } : { deps, cities: new Map(cities).set(deps.city, deps) };
}
