import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeHeader, hashHeader } from "#shared/codec/header.ts";
import { encodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { type ProvenHeader, provenHeaderOf } from "#shared/codec/proven-header.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { hashNumber } from "#shared/consensus/hash-number.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { x13 } from "#shared/crypto/x13.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import { compactBits, type Hash256, unixSeconds } from "#shared/primitives/brand.ts";
import { openCuttingProxy } from "../support/cutting-proxy.ts";
import { answers, growth, type HostileWorld, openHostileWorld } from "../support/hostile-world.ts";
import { openJoinedNode } from "../support/joined-node.ts";
import { type MinedBlock, mineChain, mineOn } from "../support/mine.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { temporaryFolder } from "../support/test-node.ts";

const { consensus } = exosRegtest;
const random = createSeededRandom(5);
const MEBIBYTE = 1_048_576;

let world: HostileWorld;

beforeAll(async () => {
  world = await openHostileWorld();
});

afterAll(() => world[Symbol.asyncDispose]());

/** What a peer announces of a block. */
function provenOf({ bytes }: MinedBlock): ProvenHeader {
  const decoded = decodeBlock(bytes, consensus.wire);
  const proven = decoded.ok ? provenHeaderOf(decoded.value) : undefined;
  if (proven === undefined) throw new RangeError("no block");
  return proven;
}

/** A proven header with another header of its own, unmined unless `work` holds. */
async function forged(
  parent: HeaderRecord,
  change: (header: BlockHeader) => Partial<BlockHeader>,
): Promise<ProvenHeader> {
  const proven = provenOf(await mineOn(parent, DEVELOPMENT_SCRIPT, exosRegtest));
  const fields = { ...proven.header, ...change(proven.header) };
  const header = { ...fields, bytes: encodeHeader(fields) };
  return { ...proven, header, hash: hashHeader(header, consensus.wire) };
}

/** The same header with a nonce whose work is, or is not, enough. */
function withWork(header: BlockHeader, enough: boolean): BlockHeader {
  for (let nonce = 0; ; nonce++) {
    const bytes = encodeHeader({ ...header, nonce });
    if (hashNumber(x13(bytes)) >> 255n === (enough ? 0n : 1n)) return { ...header, nonce, bytes };
  }
}

const headersOf = (...proven: readonly ProvenHeader[]): [string, Uint8Array] => [
  "provhdr",
  encodeProvenHeaders(proven),
];

describe("headers", () => {
  /** Send one message, and wait until the sender is banned. */
  async function banned(message: [string, Uint8Array], reason: string): Promise<void> {
    using peer = await world.attacker();
    const own = `127.0.0.1:${peer.local.port}`;
    peer.send(...message);
    await peer.closed();
    expect(world.victim.reasons()).toContain(`EXOS-E3001 ${reason}`);
    expect(world.victim.peered.peers.bans().map(({ subject }) => subject)).toContain(own);
    await world.stillWell();
  }
  const broken = "a block or header breaks a rule";

  it("without the work they claim are a violation", async () => {
    const proven = await forged(await world.victim.node.tip(), (header) => withWork(header, false));
    await banned(headersOf(proven), broken);
  });

  it("from the future are a violation", async () => {
    const late = await forged(await world.victim.node.tip(), (header) =>
      withWork({ ...header, time: unixSeconds(world.victim.clock.now() + 1_000_000) }, true),
    );
    await banned(headersOf(late), broken);
  });

  it("out of order are a violation", async () => {
    const chain = await mineChain(await world.victim.node.tip(), 3, {
      script: DEVELOPMENT_SCRIPT,
      network: exosRegtest,
    });
    const [a, b, c] = chain.map(provenOf);
    if (a === undefined || b === undefined || c === undefined) throw new RangeError("no chain");
    await banned(headersOf(a, c, b), "headers do not follow one another");
  });

  it("of more than 2,000 are a violation", async () => {
    const one = provenOf(
      await mineOn(await world.victim.node.tip(), DEVELOPMENT_SCRIPT, exosRegtest),
    );
    await banned(headersOf(...Array<ProvenHeader>(2_001).fill(one)), "more than 2000 headers");
  });

  it("that fork for ever with little work change nothing", async () => {
    using peer = await world.attacker();
    const genesis = genesisRecord(exosRegtest);
    const grown = await growth(async () => {
      for (let fork = 0; fork < 100; fork++) {
        const script = Uint8Array.of(0x51, 1 + (fork & 15), fork >> 4);
        const chain = await mineChain(genesis, 3, { script, network: exosRegtest });
        peer.send(...headersOf(...chain.map(provenOf)));
      }
      await answers(peer);
    });
    expect(grown).toBeLessThan(64 * MEBIBYTE);
    await world.stillWell();
  });

  it("that hang in the air change nothing", async () => {
    using peer = await world.attacker();
    for (let n = 0; n < 20; n++) {
      const prev = random.bytes(32) as Hash256;
      const loose = await forged(await world.victim.node.tip(), (header) =>
        withWork({ ...header, prev }, true),
      );
      peer.send(...headersOf(loose));
    }
    await answers(peer);
    await world.stillWell();
  });
});

describe("a block", () => {
  it("with a changed body under a right header bans who sent it, not the header", async () => {
    const mined = await mineOn(await world.victim.node.tip(), DEVELOPMENT_SCRIPT, exosRegtest);
    using liar = await world.attacker();
    liar.send(...headersOf(provenOf(mined)));
    const { hash } = mined.record;
    const asked = await liar.next("getdata");
    expect(asked).toBeDefined();
    const changed = mined.bytes.slice();
    changed[changed.length - 8] = (changed[changed.length - 8] ?? 0) ^ 1;
    liar.send("block", changed);
    await liar.closed();
    expect(world.victim.reasons()).toContain("EXOS-E3001 a block or header breaks a rule");
    expect((await world.victim.node.tip()).hash).not.toBe(hash);

    using truthful = await world.attacker();
    truthful.send(...headersOf(provenOf(mined)));
    await truthful.next("getdata");
    truthful.send("block", mined.bytes);
    await world.victim.until(async () => (await world.victim.node.tip()).hash === hash);
    await world.honest.until(async () => (await world.honest.node.tip()).hash === hash);
    await world.stillWell();
  });

  it("that was announced and never comes is fetched from whoever has it", async () => {
    const mined = await mineOn(await world.honest.node.tip(), DEVELOPMENT_SCRIPT, exosRegtest);
    using silent = await world.attacker();
    silent.send(...headersOf(provenOf(mined)));
    await silent.next("getdata");
    await world.honest.node.validator.submit(mined.bytes);
    world.victim.clock.jump(40);
    await world.victim.until(
      async () => (await world.victim.node.tip()).hash === mined.record.hash,
    );
    await world.stillWell();
  });

  it("of another difficulty than its header may have bans who sent it", async () => {
    const mined = await mineOn(await world.victim.node.tip(), DEVELOPMENT_SCRIPT, exosRegtest);
    const proven = provenOf(mined);
    const fields = withWork({ ...proven.header, bits: compactBits(0x207ffffe) }, true);
    const header = { ...fields, bytes: encodeHeader(fields) };
    using liar = await world.attacker();
    liar.send(...headersOf({ ...proven, header, hash: hashHeader(header, consensus.wire) }));
    await liar.next("getdata");
    const changed = mined.bytes.slice();
    changed.set(header.bytes);
    liar.send("block", changed);
    await liar.closed();
    expect(world.victim.reasons()).toContain("EXOS-E3001 a block or header breaks a rule");
    await world.stillWell();
  });

  it("that nobody asked for is not looked at", async () => {
    const mined = await mineOn(await world.victim.node.tip(), DEVELOPMENT_SCRIPT, exosRegtest);
    using peer = await world.attacker();
    peer.send("block", mined.bytes);
    await answers(peer);
    expect((await world.victim.node.tip()).hash).not.toBe(mined.record.hash);
    await world.stillWell();
  });
});

describe("a peer that serves the first half and stops", () => {
  it("costs the time of one request, and no ban", async () => {
    const { honest } = world;
    await honest.node.staker.generate(60, DEVELOPMENT_SCRIPT);
    const tip = await honest.node.tip();
    await using proxy = await openCuttingProxy(exosRegtest, honest.endpoint, 30);
    using folder = temporaryFolder();
    const settings = { added: [proxy.endpoint] };
    await using newcomer = await openJoinedNode(exosRegtest, folder.path, settings);
    await newcomer.until(async () => (await newcomer.node.tip()).height >= 30 && proxy.kept > 0);
    newcomer.peered.peers.add(`127.0.0.1:${honest.endpoint.port}`, false);
    await newcomer.until(() => newcomer.peered.peers.list().length === 2);
    newcomer.clock.jump(40);
    await newcomer.until(async () => (await newcomer.node.tip()).hash === tip.hash);
    expect(proxy.passed).toBe(30);
    expect(newcomer.peered.peers.bans()).toEqual([]);
    await world.victim.until(async () => (await world.victim.node.tip()).hash === tip.hash);
  });
});
