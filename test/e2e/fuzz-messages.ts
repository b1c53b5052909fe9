/**
 * `node test/e2e/fuzz-messages.ts [messages] [seed]`: sends messages mutated from real ones, in and
 * after the handshake, to two nodes, one of each dialect. Prints how many reached which handler.
 * Exit code 1 when a command came too seldom, the heap grew, or a node reported a fault of its own;
 * a crash speaks for itself.
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createLog } from "#shared/adapters/embedded/memory-log.ts";
import { encodeFrame } from "#shared/codec/messages/frame.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { createDice, type Dice } from "../sim/chain-tree.ts";
import { loadChain } from "../support/chain-file.ts";
import { EARLY_COMMANDS, FuzzedSession, type Message } from "../support/fuzzed-session.ts";
import { type MessageCorpus, messageCorpus, versionPayload } from "../support/message-corpus.ts";
import { mutateFrame, mutatePayload } from "../support/mutate-message.ts";
import { openPeerNode, type PeerNode } from "../support/peer-node.ts";
import { ServedChain } from "../support/served-chain.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

/** Of a million messages, of every command at least. */
const LEAST_SHARE = 0.02;
const GROWTH_BYTES_MAX = 64 * 1_048_576;
/** Blocks that a node holds at first, and those that messages are made of beside. */
const HELD = 600;
const AHEAD = 60;
/** Messages of one connection at most. */
const SESSION_MAX = 240;
/** Connections that begin with messages of the handshake, and how many of those are. */
const EARLY = 0.2;
const EARLY_MESSAGES = 0.5;
/** Messages with a wrong frame, and those whose payload is changed. */
const BROKEN = 0.05;
const CHANGED = 0.6;
/** Answers to what the node asked for, which are changed less often, or it would learn nothing. */
const ANSWERED = 0.5;
const ANSWER_CHANGED = 0.3;
/** Time to follow an honest peer afterwards. */
const FOLLOWED_MS_MAX = 30_000;
/** Messages between two turns of everything else. */
const TURN = 8;

interface Tally {
  sent: number;
  framed: number;
  early: number;
  ready: number;
}

class Statistics {
  readonly commands = new Map<string, Tally>();
  readonly ends = new Map<string, number>();
  readonly faults = new Map<string, number>();
  sessions = 0;

  of(command: string): Tally {
    const known = this.commands.get(command);
    if (known !== undefined) return known;
    const fresh = { sent: 0, framed: 0, early: 0, ready: 0 };
    this.commands.set(command, fresh);
    return fresh;
  }

  count(map: Map<string, number>, name: string): void {
    map.set(name, (map.get(name) ?? 0) + 1);
  }

  sum(what: keyof Tally): number {
    return [...this.commands.values()].reduce((sum, tally) => sum + tally[what], 0);
  }
}

interface Subject {
  readonly node: PeerNode;
  readonly corpus: MessageCorpus;
  readonly all: readonly Uint8Array[];
  /** Commands, as often as they are to come. */
  readonly wheel: readonly string[];
}

const dice = createDice(Number(process.argv[3] ?? 1));
const messages = Number(process.argv[2] ?? 20_000);
const statistics = new Statistics();
const print = (line: string) => process.stdout.write(`${line}\n`);

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

async function heapBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    collect();
  }
  return process.memoryUsage().heapUsed;
}

async function openSubject(
  network: Network,
  file: string,
  { root, commands }: { readonly root: string; readonly commands: (name: string) => number },
): Promise<Subject> {
  const log = createLog(({ level, code, message, fields }) => {
    if (level !== "error") return;
    statistics.count(statistics.faults, `${code} ${message} ${JSON.stringify(fields)}`);
  });
  const node = await openPeerNode(network, root, { log });
  const imported = await importFile(node.node, vectorsPath(file) ?? "", { stopHeight: HELD });
  if (!imported.ok) throw new RangeError(`${file} is not imported`);
  await node.ingest.tipMoved();
  const raws = loadChain(file, network === bitcoinRegtest ? 0 : 4)?.slice(0, HELD + AHEAD) ?? [];
  const chain = new ServedChain(network, raws);
  const heights = Array.from({ length: 2 * AHEAD }, (_, index) => HELD - AHEAD + 1 + index);
  const corpus = messageCorpus(network, chain, heights);
  const wheel = [...corpus.payloads.keys()].flatMap((name) =>
    Array.from({ length: commands(name) }, () => name),
  );
  return { node, corpus, all: [...corpus.payloads.values()].flat(), wheel };
}

/** The next message: an answer that the node waits for, or any. */
function nextMessage(
  { corpus, all, wheel }: Subject,
  session: FuzzedSession,
  early: boolean,
): Message {
  const answer = dice.chance(ANSWERED) ? session.answers.shift() : undefined;
  const any = early && dice.chance(EARLY_MESSAGES) ? [...EARLY_COMMANDS] : wheel;
  const command = answer?.command ?? dice.pick(any) ?? "ping";
  const payload = answer?.payload ?? dice.pick(corpus.payloads.get(command) ?? []);
  if (payload === undefined) return { command, payload: new Uint8Array(0) };
  if (!dice.chance(answer === undefined ? CHANGED : ANSWER_CHANGED)) return { command, payload };
  return { command, payload: mutatePayload(payload, dice, dice.pick(all) ?? payload) };
}

/** The bytes of a message as they arrive: at once, or in two pieces. */
async function send(session: FuzzedSession, frame: Uint8Array): Promise<void> {
  const at = dice.chance(0.1) ? dice.below(frame.length) : frame.length;
  await session.push(frame.subarray(0, at));
  if (at < frame.length && !session.isClosed) await session.push(frame.subarray(at));
}

async function greet(session: FuzzedSession, corpus: MessageCorpus): Promise<void> {
  const { magic } = corpus.network;
  await session.push(encodeFrame(magic, "version", versionPayload(corpus, corpus.tip)));
  await session.push(encodeFrame(magic, "verack", new Uint8Array(0)));
  session.arrivals.length = 0;
}

/** After all of it an honest peer is followed to its tip. @returns whether it was, in time */
async function followsStill({ node, corpus }: Subject): Promise<boolean> {
  const { magic } = corpus.network;
  const session = new FuzzedSession(corpus, node.ingest, ++statistics.sessions);
  await greet(session, corpus);
  const until = performance.now() + FOLLOWED_MS_MAX;
  while ((await node.node.tip()).height < corpus.tip) {
    if (session.isClosed || performance.now() > until) return false;
    const answer = session.answers.shift();
    if (answer === undefined) await node.node.clock.sleep(5);
    else await session.push(encodeFrame(magic, answer.command, answer.payload));
  }
  return true;
}

async function runSession(subject: Subject, left: number): Promise<void> {
  const { corpus, node } = subject;
  const { magic } = corpus.network;
  const session = new FuzzedSession(corpus, node.ingest, ++statistics.sessions);
  const early = dice.chance(EARLY);
  if (!early) await greet(session, corpus);
  const count = Math.min(left, 1 + dice.below(SESSION_MAX));
  for (let sent = 0; sent < count && !session.isClosed; sent++) {
    const { command, payload } = nextMessage(subject, session, early);
    const frame = encodeFrame(magic, command, payload);
    const broken = dice.chance(BROKEN);
    const tally = statistics.of(command);
    tally.sent++;
    if (!broken) tally.framed++;
    await send(session, broken ? mutateFrame(frame, dice) : frame);
    if (sent % TURN === 0) await setImmediate();
  }
  for (const { command, ready } of session.arrivals)
    statistics.of(command)[ready ? "ready" : "early"]++;
  if (session.end !== undefined) {
    statistics.count(statistics.ends, `${session.end.kind}: ${session.end.reason}`);
  }
  session.close();
}

function report(growth: number, seconds: number): boolean {
  const sent = statistics.sum("sent");
  print("command          sent  well framed  reached its handler: in the handshake      after it");
  for (const [command, tally] of statistics.commands) {
    const { framed, early, ready } = tally;
    print(
      `${command.padEnd(12)} ${`${tally.sent}`.padStart(8)} ${`${framed}`.padStart(12)}` +
        ` ${`${early}`.padStart(39)} ${`${ready}`.padStart(13)}`,
    );
  }
  for (const [reason, count] of statistics.ends) print(`ended ${count} times: ${reason}`);
  for (const [fault, count] of statistics.faults) print(`FAULT ${count} times: ${fault}`);
  const least = Math.min(...[...statistics.commands.values()].map((tally) => tally.sent));
  print(
    `${sent} messages in ${statistics.sessions} connections, ${statistics.sum("framed")} well framed, ` +
      `${statistics.sum("early")} and ${statistics.sum("ready")} reached a handler in the handshake ` +
      `and after it, at least ${least} of every command, heap grown by ` +
      `${(growth / 1_048_576).toFixed(1)} MiB, ${seconds.toFixed(1)} s`,
  );
  return (
    statistics.sum("framed") * 2 >= sent &&
    least >= messages * LEAST_SHARE &&
    growth <= GROWTH_BYTES_MAX &&
    statistics.faults.size === 0
  );
}

using exosFolder = temporaryFolder();
using bitcoinFolder = temporaryFolder();
const exos = await openSubject(exosRegtest, "exos-regtest/chain.dat", {
  root: exosFolder.path,
  commands: () => 3,
});
const bitcoin = await openSubject(bitcoinRegtest, "bitcoin-regtest/chain.bin", {
  root: bitcoinFolder.path,
  commands: (name) => (name === "notfound" ? 8 : 1),
});
const share = bitcoin.wheel.length / (bitcoin.wheel.length + exos.wheel.length);
const before = await heapBytes();
const started = performance.now();
for (let sent = 0; sent < messages; sent = statistics.sum("sent")) {
  await runSession(pickSubject(dice), messages - sent);
}
const seconds = (performance.now() - started) / 1_000;
const ok = report((await heapBytes()) - before, seconds);
const followed = (await followsStill(exos)) && (await followsStill(bitcoin));
print(followed ? "an honest peer is followed to its tip" : "NO peer is followed any more");
await exos.node[Symbol.asyncDispose]();
await bitcoin.node[Symbol.asyncDispose]();
process.exitCode = ok && followed ? 0 : 1;

function pickSubject(at: Dice): Subject {
  return at.chance(share) ? bitcoin : exos;
}
