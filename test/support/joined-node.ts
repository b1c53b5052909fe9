import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { openPeers, type PeeredNode, type PeerOptions } from "#services/cli/embedded/open-peers.ts";
import { createMemoryLog, type MemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock, type SystemClock } from "#shared/adapters/embedded/system-clock.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Endpoint } from "#shared/ports/transport.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { openTestNode } from "./test-node.ts";

/** A clock that jumps when told to, chain time and durations alike; sleeps stay real. */
export interface JumpingClock extends SystemClock {
  jump(seconds: number): void;
}

export function createJumpingClock(): JumpingClock {
  const clock = createSystemClock();
  let jumped = 0;
  return {
    ...clock,
    now: () => unixSeconds(clock.now() + jumped),
    elapsedMs: () => clock.elapsedMs() + 1_000 * Math.max(0, jumped),
    jump(seconds) {
      jumped += seconds;
    },
  };
}

/** A node as `exos start` puts it together, among peers over loopback. */
export interface JoinedNode extends AsyncDisposable {
  readonly node: EmbeddedNode;
  readonly peered: PeeredNode;
  readonly log: MemoryLog;
  readonly clock: JumpingClock;
  readonly endpoint: Endpoint;
  /** Codes and reasons of all that was logged about peers, in order. */
  reasons(): string[];
  /** Why something that peers sent was left aside, in order. */
  drops(): string[];
  /** Resolves once a look at it every few milliseconds says yes. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
}

export async function openJoinedNode(
  network: Network,
  root: string,
  settings: Partial<PeerOptions["settings"]> = {},
): Promise<JoinedNode> {
  await using stack = new AsyncDisposableStack();
  const log = createMemoryLog();
  const clock = createJumpingClock();
  const node = stack.use(await openTestNode(network, root, { log, clock }));
  const peered = stack.use(
    await openPeers(node, {
      checkpoints: "assert",
      settings: {
        userAgent: "/test/",
        listen: [{ host: "127.0.0.1", port: 0 }],
        // Whom others tell of is no loopback, which no test goes beyond.
        outboundMax: 0,
        ...settings,
      },
    }),
  );
  const stop = new AbortController();
  const running = Promise.all([node.run(stop.signal), peered.run(stop.signal)]);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  const [endpoint] = peered.listening;
  if (endpoint === undefined) throw new RangeError("it does not listen");
  const held = stack.move();
  return {
    node,
    peered,
    log,
    clock,
    endpoint,
    reasons: () =>
      log.records.flatMap(({ code, fields }) =>
        code?.startsWith("EXOS-E3") ? [`${code} ${fields["reason"]}`] : [],
      ),
    drops: () =>
      log.records.flatMap(({ message, fields }) =>
        message.includes("left aside") ? [`${fields["command"]}: ${fields["reason"]}`] : [],
      ),
    async until(holds) {
      while (!(await holds())) await clock.sleep(5);
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
