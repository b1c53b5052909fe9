import { expect, it } from "vitest";
import { NetFault } from "#shared/ports/net-fault.ts";
import type { Connection, Endpoint, Transport } from "#shared/ports/transport.ts";

/** Two nodes that reach each other, and where the first may listen. */
export interface TransportRig {
  readonly near: Transport;
  readonly far: Transport;
  readonly nearHost: string;
  /** Whether the far node dials through somebody else, whom the near one sees. */
  readonly proxied?: boolean;
  /** Let time pass, where it is virtual. */
  readonly settle: () => Promise<void>;
}

const never = new AbortController().signal;

/** All that one end has received, and a promise of its first `count` bytes. */
export function collect(connection: Connection) {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let closed = false;
  let faults: (NetFault | undefined)[] = [];
  let wake: () => void = () => undefined;
  connection.onData((bytes) => {
    pieces.push(bytes);
    length += bytes.length;
    wake();
  });
  connection.onClose((fault) => {
    closed = true;
    faults = [...faults, fault];
    wake();
  });
  const until = async (done: () => boolean) => {
    while (!done()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    async bytes(count: number): Promise<Uint8Array> {
      await until(() => length >= count || closed);
      return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
    },
    async length(count: number): Promise<number> {
      await until(() => length >= count || closed);
      return length;
    },
    /** Faults that `onClose` was called with, once it was. */
    async closed(): Promise<readonly (NetFault | undefined)[]> {
      await until(() => closed);
      return faults;
    },
    pieces,
  };
}

/** A listener of the near node, and the ends of one connection to it. */
async function pair(rig: TransportRig) {
  const accepted: Connection[] = [];
  let arrived: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const listener = await rig.near.listen({ host: rig.nearHost, port: 0 }, (connection) => {
    accepted.push(connection);
    arrived();
  });
  const dialling = rig.far.dial(listener.local, never);
  await rig.settle();
  const far = await dialling;
  await first;
  const [near] = accepted;
  if (near === undefined) throw new RangeError("nothing was accepted");
  return { near, far, listener };
}

/** What every transport promises. */
export function transportContract(create: () => TransportRig | Promise<TransportRig>): void {
  it("connects two nodes, which know who dialled and whom", async () => {
    const rig = await create();
    const { near, far, listener } = await pair(rig);
    expect([near.inbound, far.inbound]).toEqual([true, false]);
    expect(far.remote).toEqual(listener.local);
    expect(listener.local.port).toBeGreaterThan(0);
    if (rig.proxied !== true) expect(near.remote).toEqual(far.local);
    far.close();
    await listener[Symbol.asyncDispose]();
  });

  it("carries bytes in both directions, in order, as plain arrays", async () => {
    const rig = await create();
    const { near, far, listener } = await pair(rig);
    const [atNear, atFar] = [collect(near), collect(far)];
    for (let n = 0; n < 20; n++) far.write(Uint8Array.of(n, n));
    near.write(Uint8Array.of(7));
    await rig.settle();
    expect(await atNear.bytes(40)).toEqual(
      Uint8Array.from([...Array(20).keys()].flatMap((n) => [n, n])),
    );
    expect(await atFar.bytes(1)).toEqual(Uint8Array.of(7));
    expect(atNear.pieces.every((piece) => piece.constructor === Uint8Array)).toBe(true);
    expect(near.traffic()).toEqual({ sentBytes: 1, receivedBytes: 40 });
    expect(far.traffic()).toEqual({ sentBytes: 40, receivedBytes: 1 });
    far.close();
    await listener[Symbol.asyncDispose]();
  });

  it("keeps what arrives until somebody receives it", async () => {
    const rig = await create();
    const { near, far, listener } = await pair(rig);
    far.write(Uint8Array.of(1, 2, 3));
    await rig.settle();
    const atNear = collect(near);
    await rig.settle();
    expect(await atNear.bytes(3)).toEqual(Uint8Array.of(1, 2, 3));
    far.close();
    await listener[Symbol.asyncDispose]();
  });

  it("sends what was written before it closes, and tells both sides once, without a fault", async () => {
    const rig = await create();
    const { near, far, listener } = await pair(rig);
    const [atNear, atFar] = [collect(near), collect(far)];
    far.write(new Uint8Array(100_000));
    far.close();
    far.close();
    expect(far.write(Uint8Array.of(1))).toBe(false);
    await far.drained();
    await rig.settle();
    expect(await atNear.length(100_000)).toBe(100_000);
    expect(await atNear.closed()).toEqual([undefined]);
    expect(await atFar.closed()).toEqual([undefined]);
    const late = await new Promise((resolve) => near.onClose(() => resolve("told at once")));
    expect(late).toBe("told at once");
    await listener[Symbol.asyncDispose]();
  });

  it("asks a fast writer to wait while nobody reads, and goes on once somebody does", async () => {
    const rig = await create();
    const { near, far, listener } = await pair(rig);
    const piece = new Uint8Array(1 << 18);
    let written = 0;
    let more = true;
    while (more && written < 1 << 26) {
      more = far.write(piece);
      written += piece.length;
    }
    expect(more).toBe(false);
    let drained = false;
    const waiting = far.drained().then(() => {
      drained = true;
    });
    await rig.settle();
    const atNear = collect(near);
    await rig.settle();
    await waiting;
    expect(drained).toBe(true);
    expect(await atNear.length(written)).toBe(written);
    far.close();
    await listener[Symbol.asyncDispose]();
  });

  it("stops delivering while it is paused, and loses nothing", async () => {
    const rig = await create();
    const { near, far, listener } = await pair(rig);
    const atNear = collect(near);
    far.write(Uint8Array.of(1));
    await rig.settle();
    expect((await atNear.bytes(1)).length).toBe(1);
    near.pause();
    far.write(Uint8Array.of(2));
    await rig.settle();
    near.resume();
    await rig.settle();
    expect(await atNear.bytes(2)).toEqual(Uint8Array.of(1, 2));
    far.close();
    await listener[Symbol.asyncDispose]();
  });

  it("cuts off a peer that leaves too much unread", async () => {
    const rig = await create();
    const { near, far, listener } = await pair(rig);
    const faults: (string | undefined)[] = [];
    const closed = new Promise<void>((resolve) =>
      far.onClose((fault) => {
        faults.push(fault?.reason);
        resolve();
      }),
    );
    const piece = new Uint8Array(1 << 22);
    for (let sent = 0; sent < 20; sent++) far.write(piece);
    await rig.settle();
    await closed;
    expect(faults).toEqual(["not reading"]);
    near.close();
    await listener[Symbol.asyncDispose]();
  });

  it("refuses where nobody listens, and when it was told to give up", async () => {
    const rig = await create();
    const { far, listener } = await pair(rig);
    const at: Endpoint = listener.local;
    await listener[Symbol.asyncDispose]();
    const refused = rig.far.dial(at, never).catch((fault: unknown) => fault);
    await rig.settle();
    expect(await refused).toMatchObject({ name: "NetFault", reason: "refused", retryable: true });
    const aborted = rig.far.dial(at, AbortSignal.abort()).catch((fault: unknown) => fault);
    await rig.settle();
    expect(await aborted).toMatchObject({ reason: "aborted", retryable: false });
    expect(await aborted).toBeInstanceOf(NetFault);
    far.close();
  });

  it("says that a port is taken, and leaves open what was accepted when it stops", async () => {
    const rig = await create();
    const { near, far, listener } = await pair(rig);
    await expect(rig.near.listen(listener.local, () => undefined)).rejects.toMatchObject({
      name: "NetFault",
      reason: "address in use",
    });
    await listener[Symbol.asyncDispose]();
    const atNear = collect(near);
    far.write(Uint8Array.of(5));
    await rig.settle();
    expect(await atNear.bytes(1)).toEqual(Uint8Array.of(5));
    const again = await rig.near.listen(listener.local, () => undefined);
    await again[Symbol.asyncDispose]();
    far.close();
  });
}
