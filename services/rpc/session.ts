import type { RpcDeps, Stores } from "#services/rpc/deps.ts";
import { type Chain, openChain } from "#services/rpc/views/chain.ts";

/** What one HTTP request sees of the node: its stores, and the chain at one tip. */
export interface Session {
  /** `undefined` while stores open. */
  readonly stores: Stores | undefined;
  /**
   * The chain at the tip this answer names, opened once.
   * @throws RangeError while there are no stores
   */
  chain(): Promise<Chain>;
  /** Whether anybody asked for `chain`. */
  asked(): boolean;
  /** What `chain` gave, if anybody asked and it is there. */
  opened(): Chain | undefined;
  /** Take a new tip from here on: the call before may have moved it. */
  forget(): void;
  /** Milliseconds spent waiting for stores. */
  storeMs(): number;
}

export function createSession(deps: Pick<RpcDeps, "state" | "clock">): Session {
  let waited = 0;
  const spend = (milliseconds: number) => {
    waited += milliseconds;
  };
  const { stores } = deps.state();
  const timed = stores === undefined ? undefined : timeStores(stores, deps, spend);
  let opening: Promise<Chain> | undefined;
  let opened: Chain | undefined;

  async function chain(): Promise<Chain> {
    if (timed === undefined) throw new RangeError("asked for the chain before stores are open");
    opening ??= openChain(timed);
    opened = await opening;
    return opened;
  }
  function forget(): void {
    opening = undefined;
    opened = undefined;
  }
  return {
    stores: timed,
    chain,
    asked: () => opening !== undefined,
    opened: () => opened,
    forget,
    storeMs: () => waited,
  };
}

type Spend = (milliseconds: number) => void;
type WithClock = Pick<RpcDeps, "clock">;

function timeStores(stores: Stores, deps: WithClock, spend: Spend): Stores {
  return {
    blocks: timePort(stores.blocks, deps, spend),
    headers: timePort(stores.headers, deps, spend),
    coins: timePort(stores.coins, deps, spend),
    index: timePort(stores.index, deps, spend),
    richList: timePort(stores.richList, deps, spend),
    mempool: timePort(stores.mempool, deps, spend),
  };
}

/** The same port, whose promises are timed. */
function timePort<Port extends object>(port: Port, { clock }: WithClock, spend: Spend): Port {
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]): unknown => {
        const started = clock.elapsedMs();
        const answer: unknown = Reflect.apply(member, target, parameters);
        if (!(answer instanceof Promise)) return answer;
        return answer.finally(() => spend(clock.elapsedMs() - started));
      };
    },
  });
}
