import { describe, expect, it } from "vitest";
import { encodeFrame } from "#shared/codec/messages/frame.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { loadChain } from "../../support/chain-file.ts";
import { FuzzedSession } from "../../support/fuzzed-session.ts";
import { headersPayload, versionPayload } from "../../support/message-corpus.ts";
import { openPeerNode } from "../../support/peer-node.ts";
import { ServedChain } from "../../support/served-chain.ts";
import { importFile, temporaryFolder } from "../../support/test-node.ts";
import { vectorsPath } from "../../support/vectors.ts";

const FILE = "exos-regtest/chain.dat";
const HELD = 100;
const BURST = 60;
/** More than may wait to be judged. */
const BUNCH = 12;

const path = vectorsPath(FILE);
const raws = loadChain(FILE, 4)?.slice(0, HELD + BURST);

describe("a peer that announces many blocks one by one", () => {
  it.skipIf(path === undefined)(
    "is followed to the last, though most of what it says is left aside",
    async () => {
      using folder = temporaryFolder();
      await using own = await openPeerNode(exosRegtest, folder.path);
      await importFile(own.node, path ?? "", { stopHeight: HELD });
      await own.ingest.tipMoved();
      const chain = new ServedChain(exosRegtest, raws ?? []);
      const corpus = { network: exosRegtest, chain, tip: HELD, payloads: new Map() };
      const session = new FuzzedSession(corpus, own.ingest, 1);
      const frame = (command: string, payload: Uint8Array) => [
        ...encodeFrame(exosRegtest.magic, command, payload),
      ];
      const answers = () =>
        session.answers.splice(0).flatMap(({ command, payload }) => frame(command, payload));
      await session.push(Uint8Array.from(frame("version", versionPayload(corpus, HELD))));
      await session.push(Uint8Array.from(frame("verack", new Uint8Array(0))));

      for (let from = HELD + 1; from <= HELD + BURST; from += BUNCH) {
        corpus.tip = from + BUNCH - 1;
        const announced = Array.from({ length: BUNCH }, (_, index) =>
          frame("provhdr", headersPayload(corpus, [from + index], true)),
        );
        // The answer comes behind what was announced, so that it is left aside as well.
        await session.push(Uint8Array.from([...announced.flat(), ...answers()]));
        await own.node.clock.sleep(20);
      }
      await own.until(async () => {
        await session.push(Uint8Array.from(answers()));
        return (await own.node.tip()).height === HELD + BURST;
      });
      expect(session.end).toBeUndefined();
    },
  );
});
