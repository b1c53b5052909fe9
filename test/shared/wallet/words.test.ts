import { describe, expect, it } from "vitest";
import { fromHex } from "#shared/primitives/hex.ts";
import { isElectrumSentence, normalizeElectrum } from "#shared/wallet/electrum-words.ts";
import { ENTROPY_BYTES, parseWords, seedOfWords, wordsOf } from "#shared/wallet/words.ts";
import { inThread } from "../../support/in-thread.ts";
import { loadVectors } from "../../support/vectors.ts";
import { KNOWN_WORDS } from "../../support/wallet-vectors.ts";
import electrum from "../../vectors/electrum-words.json" with { type: "json" };

type Row = readonly [entropy: string, words: string, seed: string];
const vectors = loadVectors<{ english: readonly Row[] }>("script/pos_bip39_vectors.json");

describe("BIP39 words", () => {
  it.skipIf(vectors === undefined)(
    "are those of every vector, and so are their seeds",
    async () => {
      const rows = vectors?.english ?? [];
      expect(rows).toHaveLength(24);
      for (const [entropy, words] of rows) {
        expect(wordsOf(fromHex(entropy))).toBe(words);
        expect(parseWords(words)).toEqual({ ok: true, value: words });
      }
      const sentences = rows.map(([, words]) => [words, "TREZOR"]);
      const seeds = await inThread("test/support/wallet-work.ts", "bip39Seeds", sentences);
      expect(seeds).toEqual(rows.map(([, , seed]) => seed));
    },
  );

  it("come as 12 or 24 from their randomness", () => {
    expect(wordsOf(new Uint8Array(ENTROPY_BYTES[12]))).toBe(KNOWN_WORDS);
    expect(wordsOf(new Uint8Array(ENTROPY_BYTES[24])).split(" ")).toHaveLength(24);
  });

  it("are read in capitals, with wide spaces and line ends", () => {
    const untidy = `  ${KNOWN_WORDS.toUpperCase().replaceAll(" ", " \n\u3000 ")}\n`;
    expect(parseWords(untidy)).toEqual({ ok: true, value: KNOWN_WORDS });
  });

  it.each([
    ["eleven of them", "abandon ".repeat(11), "not as 11"],
    ["a word of no list", KNOWN_WORDS.replace("about", "exos"), "Word 12"],
    [
      "two words exchanged",
      "legal winner thank year wave sausage worth useful legal winner yellow thank",
      "last word",
    ],
    ["a wrong checksum", "abandon ".repeat(12), "last word"],
    ["nothing", "", "not as 1"],
  ])("are refused by what is wrong: %s", (_, text, message) => {
    const parsed = parseWords(text);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.error.code).toBe("EXOS-E5010");
    expect(parsed.error.message).toContain(message);
    expect(parsed.error.message).not.toMatch(/abandon|exos|legal/);
  });

  it("take the extra word in one form, however it was typed", () => {
    expect(seedOfWords(KNOWN_WORDS, "p\u00e4")).toEqual(seedOfWords(KNOWN_WORDS, "pa\u0308"));
  });
});

describe("sentences of EXOS-Electrum", () => {
  it.each(electrum.cases)("are known by their hash: $why", ({ words, standard }) => {
    expect(isElectrumSentence(words)).toBe(standard);
  });

  it("give the seeds that EXOS-Electrum expects", async () => {
    const rows = electrum.cases.flatMap(({ words, extraWord, seed }) =>
      seed === undefined ? [] : [{ sentence: [words, extraWord], seed }],
    );
    expect(rows).toHaveLength(11);
    const sentences = rows.map(({ sentence }) => sentence);
    const seeds = await inThread("test/support/wallet-work.ts", "electrumSeeds", sentences);
    expect(seeds).toEqual(rows.map(({ seed }) => seed));
  });

  it("are no BIP39 words, and those are no sentences", () => {
    expect(isElectrumSentence(KNOWN_WORDS)).toBe(false);
    expect(parseWords(electrum.cases.at(-3)?.words ?? KNOWN_WORDS).ok).toBe(false);
  });

  it("are hashed without accents, capitals and spaces between signs", () => {
    expect(normalizeElectrum("  Él   niño ")).toBe("el nino");
    expect(normalizeElectrum("あい こく")).toBe("あいこく");
    expect(normalizeElectrum("あい abc")).toBe("あい abc");
  });
});
