import { describe, expect, it } from "vitest";
import { connectionHost, connectionWorld, pass } from "../../support/connection-rig.ts";
import { type Answer, call, clientOf, errorCode } from "../../support/rpc-client.ts";
import { createRpcNode } from "../../support/rpc-node.ts";

const result = ({ json }: Answer) => json["result"];

/** A node whose connections are real, on a simulated network with one other host. */
async function rig() {
  const world = connectionWorld();
  const other = await connectionHost(world, "20.1.0.1");
  const own = await connectionHost(world, "30.1.0.1", {
    settings: {
      added: [{ host: "20.1.0.1", port: 4_562 }],
      outboundMax: 0,
      uploadBytesPerDay: 1_000,
      external: [{ host: "30.1.0.1", port: 4_562 }],
    },
  });
  await pass(world.clock, 2);
  const node = await createRpcNode([], { peers: own.peers });
  const send = clientOf(node);
  return {
    world,
    node,
    send,
    own,
    ask: (method: string, params: readonly unknown[] = []) => call(send, method, params),
    stop: () => Promise.all([own.stop(), other.stop()]),
  };
}

describe("methods about peers", () => {
  it("list who is connected, in the keys of Core 28", async () => {
    const { ask, stop } = await rig();
    expect(result(await ask("getpeerinfo"))).toMatchObject([
      {
        id: 1,
        addr: "20.1.0.1:4562",
        network: "ipv4",
        services: "0000000000000001",
        servicesnames: ["NETWORK"],
        version: 70_012,
        subver: "/test/",
        inbound: false,
        connection_type: "manual",
        bytessent: 1,
        bytesrecv: 1,
        startingheight: 0,
        synced_headers: -1,
        permissions: [],
      },
    ]);
    expect(result(await ask("getconnectioncount"))).toBe(1);
    expect(result(await ask("getaddednodeinfo"))).toEqual([
      {
        addednode: "20.1.0.1:4562",
        connected: true,
        addresses: [{ address: "20.1.0.1:4562", connected: "outbound" }],
      },
    ]);
    expect(errorCode(await ask("getaddednodeinfo", ["20.9.9.9"]))).toBe(-24);
    await stop();
  });

  it("tell of the network as a whole, and of what went over it", async () => {
    const { ask, send, stop } = await rig();
    expect(result(await ask("getnetworkinfo"))).toMatchObject({
      subversion: "/test/",
      protocolversion: 70_012,
      localservices: "0000000000000001",
      connections: 1,
      connections_in: 0,
      connections_out: 1,
      localaddresses: [{ address: "30.1.0.1", port: 4_562, score: 1 }],
      warnings: [],
    });
    expect(result(await ask("getnettotals"))).toMatchObject({
      totalbytesrecv: 1,
      totalbytessent: 1,
      uploadtarget: { target: 1_000, target_reached: false, bytes_left_in_cycle: 1_000 },
    });
    expect((await send("/v1/node")).json["peers"]).toEqual({ in: 0, out: 1 });
    await stop();
  });

  it("connect, disconnect and ping, and say what cannot be", async () => {
    const { ask, own, world, stop } = await rig();
    expect(result(await ask("ping"))).toBeNull();
    expect(own.pinged).toEqual([1]);
    expect(errorCode(await ask("addnode", ["20.1.0.1", "add"]))).toBe(-23);
    expect(errorCode(await ask("addnode", ["20.1.0.1", "try"]))).toBe(-8);
    expect(errorCode(await ask("addnode", ["", "add"]))).toBe(-30);
    expect(result(await ask("addnode", ["20.1.0.1", "remove"]))).toBeNull();
    expect(errorCode(await ask("addnode", ["20.1.0.1", "remove"]))).toBe(-24);
    expect(errorCode(await ask("disconnectnode", ["20.9.9.9"]))).toBe(-29);
    expect(errorCode(await ask("disconnectnode", ["20.1.0.1", 1]))).toBe(-8);
    expect(errorCode(await ask("disconnectnode"))).toBe(-8);
    expect(result(await ask("disconnectnode", ["", 1]))).toBeNull();
    await pass(world.clock, 4);
    expect(result(await ask("getconnectioncount"))).toBe(0);
    expect(result(await ask("addnode", ["20.1.0.1", "onetry"]))).toBeNull();
    await pass(world.clock, 2);
    expect(result(await ask("getconnectioncount"))).toBe(1);
    await stop();
  });

  it("ban and lift bans", async () => {
    const { ask, node, world, stop } = await rig();
    // One clock for the node's answers and another for its connections: bring them together.
    node.clock.set(world.clock.now());
    expect(result(await ask("setban", ["20.1.0.0/16", "add", 100]))).toBeNull();
    await pass(world.clock, 1);
    expect(result(await ask("getconnectioncount"))).toBe(0);
    expect(errorCode(await ask("setban", ["20.1.0.0/16", "add", 50]))).toBe(-23);
    expect(errorCode(await ask("setban", ["nobody", "add"]))).toBe(-30);
    expect(errorCode(await ask("setban", ["20.2.0.0/16", "add", 5, true]))).toBe(-8);
    expect(result(await ask("listbanned"))).toMatchObject([
      { address: "20.1.0.0/16", ban_duration: 100, ban_reason: "manually added" },
    ]);
    expect(result(await ask("setban", ["20.1.0.0/16", "remove"]))).toBeNull();
    expect(errorCode(await ask("setban", ["20.1.0.0/16", "remove"]))).toBe(-30);
    expect(result(await ask("setban", ["20.3.0.1", "add"]))).toBeNull();
    expect(result(await ask("listbanned"))).toMatchObject([{ ban_duration: 86_400 }]);
    expect(result(await ask("clearbanned"))).toBeNull();
    expect(result(await ask("listbanned"))).toEqual([]);
    await stop();
  });

  it("say so on a node without connections", async () => {
    const node = await createRpcNode([]);
    expect(errorCode(await call(clientOf(node), "getpeerinfo", []))).toBe(-31);
  });
});
