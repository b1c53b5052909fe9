import { hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { encodeHeaders, encodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { decodePing, encodePing } from "#shared/codec/messages/ping.ts";
import { encodeVersion } from "#shared/codec/messages/version-message.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { loadChain } from "../../support/chain-file.ts";
import { ipv4, PeerDriver } from "../../support/peer-driver.ts";
import {
  type Described,
  describeMessage,
  describeRecorded,
  recorderVersion,
  type Sent,
  sentByName,
} from "../../support/peer-experiments.ts";
import { ServedChain } from "../../support/served-chain.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

interface Experiment {
  readonly name: string;
  readonly sent?: readonly Sent[];
  readonly closed?: boolean;
  readonly afterMs?: number;
  readonly offline?: readonly string[];
}

/** The recorder dialled the node, and noted what came back. */
interface Dialled extends Experiment {
  readonly messages: readonly Described[];
}

/** The node dialled the recorder: command and length of what it sent. */
interface Served extends Experiment {
  readonly messages: readonly (readonly [string, string, number])[];
}

/** Three peers at once, and what each heard of new blocks. */
interface Announced extends Experiment {
  readonly mined: readonly [HashHex];
  readonly peers: Readonly<Record<string, readonly Described[]>>;
}

/** Where we answer otherwise than the reference, and why. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  "inbound connection while in IBD": "a node of ours serves what it has also while it catches up",
  "inbound connection while in IBD, whitebind":
    "a node of ours serves what it has also while it catches up",
  "legacy headers answered at height 0":
    "the reference sends a reject for no reason, and dies of the headers; we leave them aside",
  "provhdr answered at height 0, blocks never delivered":
    "how many blocks one getdata names is each node's own: the reference begins with ten",
  "getheaders and getblocks sent to a node in IBD":
    "a node of ours serves what it has also while it catches up: no headers, here",
};

/** The title of a test that deviates. */
const deviating = (name: string) => `${name}, but otherwise: ${DEVIATIONS[name]}`;

const NODE_HEIGHT = 3092;
const recorded = loadVectors<{ readonly cases: readonly Experiment[] }>("exos-regtest/p2p.json");
const raws = loadChain("exos-regtest/chain.dat", 4);
const chain = new ServedChain(exosRegtest, raws ?? []);
const cases = recorded?.cases ?? [];
const dialled = cases.filter((one): one is Dialled => "closed" in one);
const served = cases.filter((one): one is Served => "height" in one && "messages" in one);
const announced = cases.filter((one): one is Announced => "mined" in one);

/** The machine as the reference presents itself. */
const REFERENCE = {
  userAgent: "EXOSFullNode:3.0.5 (70012)",
  services: 1n,
  nonce: 0xb40d3455ac01b173n,
  local: ipv4("127.0.0.1", 26_100),
};

function greet(driver: PeerDriver, name: string): void {
  driver.message("version", encodeVersion(recorderVersion(name)));
  if (name.endsWith("verack never sent")) return;
  driver.message("verack");
  answerPings(driver);
}

/** The recorder answers each ping, as any node does. */
function answerPings(driver: PeerDriver): void {
  const pings = driver.sent.filter(({ command }) => command === "ping");
  for (const { payload } of pings) {
    const nonce = decodePing(payload);
    driver.message("pong", encodePing(nonce.ok ? nonce.value : 0n));
  }
}

function play(driver: PeerDriver, sent: readonly Sent[]): void {
  for (const item of sent) {
    if ("raw" in item) driver.push(hexToBytes(item.raw));
    else if (item.hex.startsWith("("))
      play(driver, sentByName("handshake: version sent twice", chain));
    else driver.message(item.cmd, hexToBytes(item.hex));
  }
}

describe.skipIf(recorded === undefined || raws === undefined)("the recorded experiments", () => {
  it("are sixty, each of one kind", () => {
    expect(dialled.length + served.length + announced.length).toBe(cases.length);
    reportVectors({ name: "exos-regtest/p2p.json", run: cases.length });
  });

  it("deviate by names that exist", () => {
    const names = cases.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(DEVIATIONS)));
  });

  it.each(dialled)("$name", ({ name, sent, closed, afterMs = 0, messages, offline = [] }) => {
    const mempool = messages.flatMap(({ cmd, what }) =>
      cmd === "inv" && name === "mempool" ? poolOf(what) : [],
    );
    const driver = new PeerDriver(
      {
        network: exosRegtest,
        chain,
        height: NODE_HEIGHT,
        pool: mempool,
        addresses: [ipv4("127.0.0.1", 15_888), ipv4("127.0.0.1", 26_110)],
      },
      REFERENCE,
    );
    if (name.startsWith("handshake: first message")) play(driver, sent ?? []);
    else if (!name.startsWith("handshake: silent")) {
      greet(driver, name);
      play(driver, sent ?? sentByName(name, chain));
    }
    driver.pass(afterMs);

    expect(driver.sent.map(describeMessage)).toEqual(messages.map(describeRecorded));
    expect(driver.end !== undefined, "closed").toBe(closed);
    const isBanned = offline.some((reason) => reason.includes("banned"));
    expect(driver.end?.kind === "ban", "banned").toBe(isBanned);
  });
});

function poolOf(what: unknown) {
  const { first, last } = what as Record<string, readonly [number, HashHex]>;
  return [first, last].flatMap((item) => (item === undefined ? [] : [fromHashHex(item[1])]));
}

/** Commands and lengths, as the recording has them. */
function sentBy(driver: PeerDriver): (readonly [string, number])[] {
  return driver.sent.map(({ command, payload }) => [command, payload.length]);
}

/** A node at height 0 that dialled the recorder. */
function dialler(name: string, tip = 0): PeerDriver {
  const driver = new PeerDriver(
    { network: exosRegtest, chain, height: tip, initialDownload: true },
    { ...REFERENCE, inbound: false },
  );
  greet(driver, name);
  return driver;
}

function recordedOf(name: string): (readonly [string, number])[] {
  const messages = served.find((one) => one.name === name)?.messages ?? [];
  // The recorder closed at the end of each experiment.
  return messages.flatMap(([, command, length]) =>
    command === "CLOSED" ? [] : [[command, length]],
  );
}

describe.skipIf(recorded === undefined || raws === undefined)("the recorder as server", () => {
  const provenHeaders = (count: number) =>
    encodeProvenHeaders(Array.from({ length: count }, (_, index) => chain.proven(index + 1)));

  it.each(
    ["inbound connection while in IBD", "inbound connection while in IBD, whitebind"].map(
      (name) => ({ name, title: deviating(name) }),
    ),
  )("$title", ({ name }) => {
    const driver = new PeerDriver({
      network: exosRegtest,
      chain,
      height: 0,
      initialDownload: true,
    });
    greet(driver, name);
    expect(recordedOf(name)).toEqual([]);
    expect(driver.commands.slice(0, 2)).toEqual(["version", "verack"]);
    expect(driver.end).toBeUndefined();
  });

  it(deviating("legacy headers answered at height 0"), () => {
    const name = "legacy headers answered at height 0";
    const driver = dialler(name);
    const headers = Array.from({ length: 20 }, (_, index) => chain.block(index + 1).header);
    driver.message("headers", encodeHeaders(headers, exosRegtest.consensus.wire));
    driver.pass(2000);
    expect([...sentBy(driver), ["reject", 3]]).toEqual(recordedOf(name));
    expect(driver.actionsOf("headers")).toEqual([]);
    expect(driver.end).toBeUndefined();
  });

  it(deviating("provhdr answered at height 0, blocks never delivered"), () => {
    const name = "provhdr answered at height 0, blocks never delivered";
    const driver = dialler(name);
    driver.message("provhdr", provenHeaders(20));
    driver.askForHeaders(20);
    const hashes = driver
      .actionsOf("headers")
      .flatMap(({ headers }) => headers.map((one) => one.hash));
    driver.give({ kind: "requestBlocks", hashes: hashes.slice(0, 10) });
    driver.pass(5000);
    expect(sentBy(driver)).toEqual(recordedOf(name));
  });

  it("peer of version 70000 (ALT_PROTOCOL)", () => {
    const name = "peer of version 70000 (ALT_PROTOCOL)";
    const driver = dialler(name);
    driver.pass(5000);
    expect(sentBy(driver)).toEqual(recordedOf(name));
  });

  it("empty provhdr", () => {
    const driver = dialler("empty provhdr");
    driver.message("provhdr", provenHeaders(0));
    driver.pass(5000);
    expect(sentBy(driver)).toEqual(recordedOf("empty provhdr"));
    expect(driver.actionsOf("headers")).toEqual([{ kind: "headers", proven: true, headers: [] }]);
  });

  it(deviating("getheaders and getblocks sent to a node in IBD"), () => {
    const name = "getheaders and getblocks sent to a node in IBD";
    const driver = dialler(name);
    const [getblocks] = sentByName("getblocks: genesis", chain);
    if (getblocks === undefined || !("cmd" in getblocks)) throw new RangeError("no such script");
    play(driver, [
      { cmd: "getheaders", hex: getblocks.hex },
      getblocks,
      { cmd: "ping", hex: "0f".repeat(8) },
    ]);
    expect(sentBy(driver).filter(([command]) => command !== "headers")).toEqual(recordedOf(name));
    expect(driver.sent.filter(({ command }) => command === "headers").map(describeMessage)).toEqual(
      [{ cmd: "headers", len: 1, what: { n: 0, bytes: 1 } }],
    );
  });
});

describe.skipIf(recorded === undefined || raws === undefined)("the recorded announcements", () => {
  it.each(announced)("$name", ({ peers }) => {
    for (const [peer, messages] of Object.entries(peers)) {
      const driver = new PeerDriver(
        { network: exosRegtest, chain, height: NODE_HEIGHT },
        REFERENCE,
      );
      greet(driver, peer.endsWith("70000") ? "version 70000" : peer);
      if (peer.startsWith("sendheaders")) driver.message("sendheaders");
      for (const at of [3093, 3096]) {
        const hash = chain.hash(at);
        const header = chain.headerBytes(at, false);
        const proven = chain.headerBytes(at, true);
        driver.give({ kind: "announceBlocks", headers: [{ hash, header, proven }] });
      }
      const described = messages.map((one) => describeRecorded({ ...one, len: 0 }));
      const sent = driver.sent.map((one) => ({ ...describeMessage(one), len: 0 }));
      expect(sent, peer).toEqual(described.map((one) => ({ ...one, len: 0 })));
    }
  });
});
