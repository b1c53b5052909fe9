import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import { encodeFrame } from "#shared/codec/messages/frame.ts";
import { encodePing } from "#shared/codec/messages/ping.ts";
import { encodeVersion } from "#shared/codec/messages/version-message.ts";
import { Writer } from "#shared/codec/writer.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import { FrameReader } from "#shared/p2p/frame-reader.ts";
import { payloadLimits } from "#shared/p2p/message-limits.ts";
import type { Connection, Endpoint } from "#shared/ports/transport.ts";
import { loadChain } from "../support/chain-file.ts";
import type { SentMessage } from "../support/peer-driver.ts";
import {
  type Described,
  describeMessage,
  describeRecorded,
  recorderVersion,
  type Sent,
  sentByName,
} from "../support/peer-experiments.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { ServedChain } from "../support/served-chain.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { loadVectors } from "../support/vectors.ts";

interface Experiment {
  readonly name: string;
  readonly sent?: readonly Sent[];
  readonly closed: boolean;
  readonly messages: readonly Described[];
}

/** What the machine's own test plays in virtual time, or with a pool and addresses to tell of. */
const LEFT_OUT = new Set([
  "handshake: silent after connecting",
  "handshake: verack never sent",
  "mempool",
  "getaddr twice",
]);
const NODE_HEIGHT = 3092;
const WAIT_MS = 120_000;
const { magic } = exosRegtest;

const recorded = loadVectors<{ readonly cases: readonly Experiment[] }>("exos-regtest/p2p.json");
const raws = loadChain("exos-regtest/chain.dat", 4);
const experiments = (recorded?.cases ?? []).filter(
  ({ name, closed }) => closed !== undefined && !LEFT_OUT.has(name),
);

/** The recorder, over a real connection. */
class Recorder implements Disposable {
  readonly received: SentMessage[] = [];
  isClosed = false;
  readonly #connection: Connection;
  #wake: () => void = () => undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    const frames = new FrameReader(magic, payloadLimits(dialectOf(exosRegtest)));
    connection.onData((piece) => {
      for (const event of frames.push(piece)) {
        if (event.kind === "message") this.#take(event);
      }
      this.#wake();
    });
    connection.onClose(() => {
      this.isClosed = true;
      this.#wake();
    });
  }

  static async dial(to: Endpoint): Promise<Recorder> {
    return new Recorder(await createTcpTransport().dial(to, AbortSignal.timeout(WAIT_MS)));
  }

  write(bytes: Uint8Array): void {
    this.#connection.write(bytes);
  }

  send(command: string, payload: Uint8Array = new Uint8Array(0)): void {
    this.write(encodeFrame(magic, command, payload));
  }

  /** Resolves when it holds, or when it has not held for long. */
  async until(holds: () => boolean): Promise<void> {
    const patience = AbortSignal.timeout(WAIT_MS);
    while (!holds() && !patience.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        patience.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  has(command: string): boolean {
    return this.received.some((message) => message.command === command);
  }

  #take(message: SentMessage): void {
    this.received.push(message);
    if (message.command === "ping") this.send("pong", message.payload);
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

/** The chain up to where the reference stood, as a file. */
function chainFile(folder: string, blocks: readonly Uint8Array[]): string {
  const path = join(folder, "chain.dat");
  const writer = new Writer(1 << 20);
  for (const block of blocks) writer.bytes(magic).u32(block.length).bytes(block);
  writeFileSync(path, writer.finish());
  return path;
}

async function play(recorder: Recorder, { name, sent }: Experiment, chain: ServedChain) {
  if (!name.startsWith("handshake: first message")) {
    recorder.send("version", encodeVersion(recorderVersion(name)));
    await recorder.until(() => recorder.has("version"));
    recorder.send("verack");
    await recorder.until(() => recorder.has("sendheaders"));
  }
  const isWritten = sent?.every((one) => "raw" in one || !one.hex.startsWith("("));
  for (const one of isWritten === true ? (sent ?? []) : sentByName(name, chain)) {
    if ("raw" in one) recorder.write(hexToBytes(one.raw));
    else recorder.send(one.cmd, hexToBytes(one.hex));
  }
}

/** All that came, once nothing more can: the answer to a last ping ends it. */
async function answersTo(recorder: Recorder, { closed, messages }: Experiment) {
  if (closed) await recorder.until(() => recorder.isClosed);
  else {
    await recorder.until(() => recorder.received.length >= messages.length);
    const last = encodePing(0x7777n);
    const isLast = ({ command, payload }: SentMessage) =>
      command === "pong" && payload.every((byte, at) => byte === last[at]);
    recorder.send("ping", last);
    await recorder.until(() => recorder.received.some(isLast));
    return recorder.received.filter((message) => !isLast(message));
  }
  return recorder.received;
}

/** Our own name is another. */
const withoutNames = (described: readonly Described[]) =>
  described.map((one) => (one.cmd === "version" ? { cmd: "version" } : one));

describe("the recorded experiments over sockets", () => {
  it.skipIf(recorded === undefined || raws === undefined)(
    "are answered by a whole node as the reference answered them",
    async () => {
      const chain = new ServedChain(exosRegtest, raws ?? []);
      using folder = temporaryFolder();
      await using node = await openPeerNode(exosRegtest, folder.path);
      const file = chainFile(folder.path, (raws ?? []).slice(0, NODE_HEIGHT));
      await importFile(node.node, file);
      await node.ingest.tipMoved();

      expect(experiments).toHaveLength(48);
      for (const experiment of experiments) {
        using recorder = await Recorder.dial(node.endpoint);
        await play(recorder, experiment, chain);
        const answers = (await answersTo(recorder, experiment)).map(describeMessage);
        expect(withoutNames(answers), experiment.name).toEqual(
          withoutNames(experiment.messages.map(describeRecorded)),
        );
        expect(recorder.isClosed, experiment.name).toBe(experiment.closed);
      }
      expect(node.ends.filter(({ kind }) => kind === "ban")).toHaveLength(1);
    },
  );
});
