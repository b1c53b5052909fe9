import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";
import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import { encodePing } from "#shared/codec/messages/ping.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { type JoinedNode, openJoinedNode } from "./joined-node.ts";
import { temporaryFolder } from "./test-node.ts";
import { WirePeer } from "./wire-peer.ts";

/** A node that is attacked, and an honest one that it dialled. */
export interface HostileWorld extends AsyncDisposable {
  readonly victim: JoinedNode;
  readonly honest: JoinedNode;
  /** A connection to the victim, after its handshake. */
  attacker(): Promise<WirePeer>;
  /** What every case ends with: nobody honest was banned or dropped, and the chain goes on. */
  stillWell(): Promise<void>;
}

const BLOCKS = 14;

/** Both nodes at the same tip, over real sockets and on real stores. */
export async function openHostileWorld(): Promise<HostileWorld> {
  await using stack = new AsyncDisposableStack();
  const [folderA, folderB] = [stack.use(temporaryFolder()), stack.use(temporaryFolder())];
  const honest = stack.use(await openJoinedNode(exosRegtest, folderA.path));
  await honest.node.staker.generate(BLOCKS, DEVELOPMENT_SCRIPT);
  const settings = { added: [honest.endpoint] };
  const victim = stack.use(await openJoinedNode(exosRegtest, folderB.path, settings));
  await victim.until(async () => (await victim.node.tip()).height === BLOCKS);
  const { peers } = victim.peered;
  const held = stack.move();
  return {
    victim,
    honest,
    attacker: () => WirePeer.dial(exosRegtest, victim.endpoint),
    async stillWell() {
      const own = `127.0.0.1:${honest.endpoint.port}`;
      expect(peers.bans().map(({ subject }) => subject)).not.toContain(own);
      const before = await victim.node.tip();
      const mined = await honest.node.staker.generate(1, DEVELOPMENT_SCRIPT);
      const hash = mined.ok ? mined.value[0] : undefined;
      await victim.until(async () => (await victim.node.tip()).hash === hash);
      expect((await victim.node.tip()).height).toBe(before.height + 1);
      expect(await victim.node.blocks.get(before.hash)).toBeDefined();
      expect(peers.list().filter(({ kind }) => kind === "manual")).toMatchObject([
        { remote: honest.endpoint, stage: "ready" },
      ]);
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Whether the other side is alive and reads: it has, when this returns, read all before. */
export async function answers(peer: WirePeer): Promise<void> {
  peer.send("ping", encodePing(0x77n));
  expect(await peer.next("pong", (payload) => payload[0] === 0x77)).toBeDefined();
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Memory that an attack leaves behind, in bytes, garbage aside. */
export async function growth(attack: () => Promise<void>): Promise<number> {
  collect();
  const before = process.memoryUsage();
  await attack();
  collect();
  const after = process.memoryUsage();
  return after.heapUsed + after.external - before.heapUsed - before.external;
}
