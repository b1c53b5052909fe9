import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Download, type MissingBlock } from "#shared/p2p/download.ts";
import { DOWNLOAD_LIMITS } from "#shared/p2p/download-limits.ts";
import { type Hash256, height } from "#shared/primitives/brand.ts";

const LIMITS = { ...DOWNLOAD_LIMITS, windowBlocks: 10, peerBlocks: 4, peerBlocksMax: 6 };

function blockAt(at: number, branch = 0): MissingBlock {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, at, true);
  hash.set([branch], 31);
  // The hash of a test is any 32 bytes.
  return { hash: hash as Hash256, height: height(at) };
}

const blocks = (from: number, to: number, branch = 0) =>
  Array.from({ length: to - from + 1 }, (_, index) => blockAt(from + index, branch));

/** A download of some blocks from peers that have them all. */
function started(count: number, peers: readonly string[]): Download {
  const download = new Download(LIMITS);
  download.want(blocks(1, count));
  for (const peer of peers) download.peerHas(peer, height(count));
  return download;
}

/** Heights asked for, by peer. */
function asked(download: Download, nowMs = 0): Record<string, number[]> {
  const heightOf = (hash: Hash256) => new DataView(hash.buffer).getUint32(0, true);
  return Object.fromEntries(
    download.next(nowMs).map(({ peer, hashes }) => [peer, hashes.map(heightOf)]),
  );
}

describe("the download", () => {
  it("asks a peer for the lowest blocks up to its limit, and for more once half have come", () => {
    const download = started(20, ["a"]);
    expect(asked(download)).toEqual({ a: [1, 2, 3, 4] });
    expect(asked(download)).toEqual({});
    expect(download.arrived("a", blockAt(1).hash, 100)).toBe("wanted");
    expect(asked(download)).toEqual({});
    download.arrived("a", blockAt(2).hash, 100);
    // Two came soon, so the limit is six.
    expect(asked(download, 100)).toEqual({ a: [5, 6, 7, 8] });
    expect(download.inFlightOf("a").map((block) => block.height)).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it("asks for a block again that came when there was no room, of the same peer too", () => {
    const download = started(4, ["a"]);
    asked(download);
    for (const at of [1, 2, 3]) download.arrived("a", blockAt(at).hash, 100);
    download.returned(blockAt(2));
    expect(download.missing).toBe(2);
    expect(asked(download, 100)).toEqual({ a: [2] });
    expect(download.arrived("a", blockAt(2).hash, 200)).toBe("wanted");
  });

  it("shares the window out, in turn", () => {
    const download = started(20, ["a", "b"]);
    expect(asked(download)).toEqual({ a: [1, 3, 5, 7], b: [2, 4, 6, 8] });
    expect(download.inFlight).toBe(8);
    expect(download.missing).toBe(20);
  });

  it("goes no further than the window, which begins at the lowest missing block", () => {
    const download = started(40, ["a", "b", "c"]);
    expect(Object.values(asked(download)).flat()).toHaveLength(10);
    for (const at of [2, 3, 4, 5, 6]) download.arrived("a", blockAt(at).hash, 1);
    expect(asked(download, 1)).toEqual({});
    download.arrived("a", blockAt(1).hash, 1);
    expect(Object.values(asked(download, 1)).flat().sort()).toEqual([11, 12, 13, 14, 15, 16]);
  });

  it("asks for as many as there is room for, and for the lowest also where there is none", () => {
    const download = started(20, ["a"]);
    const heights = (countMax: number) =>
      download.next(0, countMax).map(({ hashes }) => hashes.length);
    expect(heights(0)).toEqual([1]);
    expect(heights(0)).toEqual([]);
    expect(heights(1)).toEqual([1]);
    expect(download.inFlightOf("a").map((block) => block.height)).toEqual([1, 2]);
  });

  it("asks a peer only for what it presented", () => {
    const download = started(20, []);
    download.peerHas("a", height(2));
    download.peerHas("b", height(0));
    expect(asked(download)).toEqual({ a: [1, 2] });
    download.peerHas("b", height(3));
    expect(asked(download)).toEqual({ b: [3] });
  });

  it("takes a block from whoever sends it, once", () => {
    const download = started(20, ["a"]);
    asked(download);
    expect(download.arrived("stranger", blockAt(1).hash, 1)).toBe("wanted");
    expect(download.arrived("a", blockAt(1).hash, 1)).toBe("unwanted");
    expect(download.arrived("a", blockAt(99).hash, 1)).toBe("unwanted");
    expect(download.inFlightOf("a")).toHaveLength(3);
    expect(download.inFlightOf("stranger")).toEqual([]);
  });

  it("asks a fast peer for more and a slow one for less", () => {
    const fast = started(60, ["a"]);
    const slow = started(60, ["a"]);
    for (const [download, tookMs] of [[fast, 1000] as const, [slow, 4000] as const]) {
      let nowMs = 0;
      for (let round = 0; round < 6; round++) {
        download.next(nowMs);
        nowMs += tookMs;
        for (const { hash } of download.inFlightOf("a")) download.arrived("a", hash, nowMs);
      }
      download.next(nowMs);
    }
    expect(fast.inFlight).toBe(6);
    expect(slow.inFlight).toBe(2);
  });

  it("keeps a peer's limit where it is neither fast nor slow", () => {
    const download = started(60, ["a"]);
    download.next(0);
    for (const { hash } of download.inFlightOf("a")) download.arrived("a", hash, 1001);
    download.next(1001);
    for (const { hash } of download.inFlightOf("a")) download.arrived("a", hash, 5000);
    download.next(5000);
    expect(download.inFlight).toBe(4);
  });
});

describe("a peer that stalls", () => {
  it("loses its blocks to another after five seconds of silence", () => {
    const download = started(20, ["a", "b"]);
    asked(download);
    for (const { hash } of download.inFlightOf("b")) download.arrived("b", hash, 100);
    expect(download.stalled(4999)).toEqual([]);
    expect(download.stalled(5000)).toEqual([
      { peer: "a", hashes: [1, 3, 5, 7].map((at) => blockAt(at).hash) },
    ]);
    expect(asked(download, 5000)).toEqual({ b: [1, 3, 5, 7, 9, 10] });
  });

  it("is not silent while its blocks come", () => {
    const download = started(20, ["a", "b"]);
    asked(download);
    for (const { hash } of download.inFlightOf("b")) download.arrived("b", hash, 100);
    download.next(100);
    download.arrived("a", blockAt(1).hash, 3000);
    download.arrived("b", blockAt(9).hash, 4500);
    expect(download.stalled(7999)).toEqual([]);
    expect(download.stalled(8000)).toMatchObject([{ peer: "a" }]);
  });

  it("holds up a window that is given out for two seconds", () => {
    const download = started(8, ["a", "b"]);
    asked(download);
    for (const { hash } of download.inFlightOf("b")) download.arrived("b", hash, 100);
    download.arrived("a", blockAt(3).hash, 1500);
    expect(download.stalled(1999)).toEqual([]);
    expect(download.stalled(2000)).toEqual([
      { peer: "a", hashes: [1, 5, 7].map((at) => blockAt(at).hash) },
    ]);
  });

  it("holds up nobody while others have blocks to ask for, or hold the lowest themselves", () => {
    const download = started(20, ["a", "b"]);
    asked(download);
    for (const at of [2, 4, 6, 8]) download.arrived("b", blockAt(at).hash, 1900);
    expect(download.stalled(2000)).toEqual([]);

    const other = started(4, ["a", "b"]);
    asked(other);
    other.arrived("b", blockAt(2).hash, 1900);
    other.arrived("a", blockAt(1).hash, 1900);
    other.arrived("a", blockAt(3).hash, 1900);
    expect(other.stalled(2000)).toMatchObject([{ peer: "b" }]);
    const third = started(4, ["a", "b"]);
    asked(third);
    third.arrived("a", blockAt(1).hash, 1900);
    expect(third.stalled(2000).map(({ peer }) => peer)).toEqual(["b"]);
  });

  it("alone is waited for, a minute", () => {
    const download = started(20, ["a"]);
    asked(download);
    download.peerHas("b", height(0));
    expect(download.stalled(59_999)).toEqual([]);
    expect(download.stalled(60_000)).toMatchObject([{ peer: "a" }]);
  });

  it("is alone while the others are at their limits, rest, or refused", () => {
    const full = started(20, ["a", "b"]);
    asked(full);
    full.arrived("b", blockAt(99).hash, 4000);
    expect(full.stalled(5000)).toEqual([]);
    full.arrived("stranger", blockAt(2).hash, 5000);
    expect(full.stalled(5000)).toMatchObject([{ peer: "a" }]);

    const refused = started(20, ["a", "b"]);
    asked(refused);
    for (const { hash } of refused.inFlightOf("b")) refused.arrived("b", hash, 4000);
    refused.refused("b", [blockAt(1)]);
    expect(refused.stalled(5000)).toEqual([]);

    const resting = started(20, ["a", "b"]);
    asked(resting);
    for (const { hash } of resting.inFlightOf("a")) resting.arrived("a", hash, 100);
    expect(resting.stalled(5000)).toMatchObject([{ peer: "b" }]);
    resting.next(5000);
    expect(resting.stalled(12_000)).toEqual([]);
  });

  it("rests, longer each time, and is asked for less after it", () => {
    const download = started(20, ["a"]);
    download.next(0);
    download.stalled(60_000);
    expect(asked(download, 69_999)).toEqual({});
    expect(asked(download, 70_000)).toEqual({ a: [1, 2] });
    download.stalled(130_000);
    expect(asked(download, 149_999)).toEqual({});
    expect(asked(download, 150_000)).toEqual({ a: [1, 2] });
    download.arrived("a", blockAt(1).hash, 150_100);
    download.stalled(210_100);
    expect(asked(download, 220_100)).toEqual({ a: [2, 3] });
  });

  it("rests for ten minutes at most", () => {
    const download = started(20, ["a"]);
    let nowMs = 0;
    for (let round = 0; round < 40; round++) {
      expect(asked(download, nowMs), `${round}`).not.toEqual({});
      nowMs += 60_000;
      expect(download.stalled(nowMs)).toHaveLength(1);
      nowMs += 10 * 60_000;
    }
  });
});

describe("a peer that is of no use", () => {
  it("is not asked again for what it refused, and others are", () => {
    const download = started(20, ["a", "b"]);
    asked(download);
    download.refused("a", [blockAt(1), blockAt(2)]);
    expect(download.inFlightOf("a").map((block) => block.height)).toEqual([3, 5, 7]);
    for (const { hash } of download.inFlightOf("b")) download.arrived("b", hash, 100);
    for (const { hash } of download.inFlightOf("a")) download.arrived("a", hash, 100);
    const orders = asked(download, 100);
    expect(orders["a"]).not.toContain(1);
    expect(orders["b"]).toContain(1);
  });

  it("sent a block that proved useless: it is wanted again, at its place", () => {
    const download = started(12, ["a", "b"]);
    asked(download);
    for (const at of [1, 3]) download.arrived("a", blockAt(at).hash, 100);
    download.refused("a", [blockAt(3)]);
    expect(download.missing).toBe(11);
    download.arrived("b", blockAt(2).hash, 100);
    download.arrived("b", blockAt(4).hash, 100);
    expect(asked(download, 100)["b"]).toEqual([3, 11]);
  });

  it("gives all back when it goes, and is new when it returns", () => {
    const download = started(4, ["a", "b"]);
    asked(download);
    download.refused("a", [blockAt(2)]);
    download.dropPeer("a");
    download.dropPeer("unknown");
    expect(asked(download, 1)).toEqual({ b: [1, 3] });
    download.dropPeer("b");
    download.peerHas("a", height(4));
    expect(asked(download, 1)).toEqual({ a: [1, 2, 3, 4] });
  });
});

describe("the wanted chain", () => {
  it("grows at its end", () => {
    const download = started(2, ["a"]);
    asked(download);
    download.want(blocks(3, 4));
    download.want([]);
    expect(download.missing).toBe(4);
    expect(download.inFlight).toBe(2);
  });

  it("is replaced from a height on, what is asked for kept where it is the same", () => {
    const download = started(6, ["a"]);
    asked(download);
    download.want([blockAt(3), ...blocks(4, 6, 1)]);
    expect(download.missing).toBe(6);
    expect(download.inFlightOf("a").map((block) => block.height)).toEqual([1, 2, 3]);
    expect(download.arrived("a", blockAt(4).hash, 1)).toBe("unwanted");
    expect(download.arrived("a", blockAt(4, 1).hash, 1)).toBe("wanted");
  });

  it("is cut where its headers proved bad", () => {
    const download = started(6, ["a"]);
    asked(download);
    download.unwant(height(3));
    expect(download.missing).toBe(2);
    expect(download.inFlight).toBe(2);
  });

  it("comes whole from peers that stall, lie and go, each block once", () => {
    const steps = fc.array(fc.tuple(fc.nat(5), fc.nat(2), fc.nat(3000)), { maxLength: 300 });
    fc.assert(
      fc.property(steps, (taken) => {
        const download = started(30, ["a", "b", "c"]);
        const came = new Set<number>();
        let nowMs = 0;
        const deliver = (peer: string, count: number) => {
          for (const block of download.inFlightOf(peer).slice(0, count)) {
            expect(download.arrived(peer, block.hash, nowMs)).toBe("wanted");
            expect(came.has(block.height)).toBe(false);
            came.add(block.height);
          }
        };
        for (const [what, who, laterMs] of taken) {
          const peer = ["a", "b", "c"][who] ?? "a";
          nowMs += laterMs;
          if (what === 0) download.stalled(nowMs);
          else if (what === 1) {
            download.dropPeer(peer);
            download.peerHas(peer, height(30));
          } else deliver(peer, what - 1);
          for (const { peer: name } of download.next(nowMs)) {
            expect(download.inFlightOf(name).length).toBeLessThanOrEqual(6);
          }
          expect(download.missing + came.size).toBe(30);
        }
        for (let round = 0; download.missing > 0; round++) {
          nowMs += 11 * 60_000;
          download.next(nowMs);
          for (const peer of ["a", "b", "c"]) deliver(peer, 100);
          expect(round).toBeLessThan(30);
        }
      }),
    );
  });
});
