import { describe, expect, it } from "vitest";
import { clientOf, post } from "../../support/rpc-client.ts";
import { createRpcNode, recordedBlocks } from "../../support/rpc-node.ts";
import { loadVectors } from "../../support/vectors.ts";

interface ApiCase {
  readonly id: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: string };
  readonly status: number;
  readonly response: {
    readonly json?: { readonly result: unknown; readonly error: { readonly code: number } | null };
  };
}

const METHODS =
  /^rpc:(getblock|getblockheader|getblockhash|getblockcount|getbestblockhash|getrawtransaction|decoderawtransaction|gettxout|validateaddress|getblockchaininfo)(-|$)/;

const recorded = loadVectors<{ cases: ApiCase[] }>("exos-regtest/api.json");
const blocks = recordedBlocks(532);
const cases = (recorded?.cases ?? []).filter(({ id }) => METHODS.test(id));
const node = blocks === undefined ? undefined : await createRpcNode(blocks);

/** Two values at one place of an answer, and the case they belong to. */
interface Place {
  readonly id: string;
  readonly path: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const ends = (path: string, name: string) => path === name || path.endsWith(`.${name}`);

/** Everything in which we differ on purpose. Each must occur, and nothing else may. */
const DIFFERENCES: Readonly<Record<string, (place: Place) => boolean>> = {
  "times are numbers, not text": ({ path, theirs, ours }) =>
    (ends(path, "time") || ends(path, "mediantime")) && theirs === String(ours),
  "weight is three times the stripped size and the size": ({ path, theirs, ours }) =>
    ends(path, "weight") && ours === 4 * Number(theirs),
  "difficulty of work is not cut to three digits": ({ path, theirs, ours }) =>
    ends(path, "difficulty") && theirs === 0.465 && Number(ours) < 1e-9 && Number(ours) > 0,
  "difficulty is that of the tip, also when it is a work block": ({ id, path, theirs, ours }) =>
    id === "rpc:getblockchaininfo" && ends(path, "difficulty") && theirs === 65536 && ours !== 0,
  "the parent of genesis is left out": ({ path, theirs, ours }) =>
    ends(path, "previousblockhash") && theirs === "0".repeat(64) && ours === undefined,
  "the signature of a block comes without its length byte": ({ path, theirs, ours }) =>
    ends(path, "signature") && String(theirs).slice(2) === ours,
  "blocktrust is the whole work of a block": ({ path, theirs, ours }) =>
    ends(path, "blocktrust") && BigInt(`0x${ours}`) >= BigInt(`0x${theirs}`),
  "the proof of genesis is no proof": ({ id, path, ours }) =>
    id.includes("genesis") && ends(path, "hashproof") && ours === "0".repeat(64),
  "the hash type of a signature is a word": ({ path, theirs, ours }) =>
    ends(path, "asm") && String(ours).replaceAll("[ALL]", "01") === theirs,
  "a cold-staking script is standard": ({ path, theirs, ours }) =>
    ends(path, "type") && theirs === "nonstandard" && ours === "coldstaking",
  "verbosity 3 shows transactions": ({ id, path, theirs, ours }) =>
    id.endsWith("verbosity-3") && path === "tx" && theirs === null && Array.isArray(ours),
  "verbosity true is 1": ({ id, ours, theirs }) =>
    id === "rpc:getrawtransaction-true" && isRecord(ours) && ours["hex"] === theirs,
  "the network is named by its kind": ({ path, theirs, ours }) =>
    ends(path, "chain") && theirs === "EXOSRegTest" && ours === "regtest",
  "an address of another kind says why, and no script": ({ id, path, theirs, ours }) =>
    id === "rpc:validateaddress-main" &&
    /(address|scriptPubKey|isscript|iswitness)$/.test(path) &&
    (theirs === null || theirs === false || typeof theirs === "string") &&
    ours === undefined,
  "an unspent output is found though its transaction left the pool": ({ id, path, ...of }) =>
    id.startsWith("rpc:gettxout") && path === "" && of.theirs === null && isRecord(of.ours),
  "a spent output is null as a whole": ({ id, path, theirs, ours }) =>
    id.startsWith("rpc:gettxout") &&
    path === "" &&
    isRecord(theirs) &&
    theirs["value"] === null &&
    ours === null,
  "an output is told in coins": ({ id, path, theirs, ours }) =>
    id.startsWith("rpc:gettxout") && ends(path, "value") && theirs === Number(ours) * 1e8,
  "the child of the tip is left out": ({ path, theirs, ours }) =>
    ends(path, "nextblockhash") && theirs === null && ours === undefined,
};

/** Cases whose whole answer differs, and why. The rest must have the same kind of answer. */
const WHOLE: readonly { readonly why: string; readonly ids: RegExp; readonly code?: number }[] = [
  {
    why: "a text that is no address is answered, not refused",
    ids: /^rpc:validateaddress-(p2sh|bech32|garbage|empty)$/,
  },
  { why: "a missing parameter is -1", ids: /-none$/, code: -1 },
  {
    why: "a bad hash is -8",
    ids: /^rpc:(getblock-short|getblockheader-bad|getrawtransaction-bad|gettxout-bad)$/,
    code: -8,
  },
  { why: "a number for a hash is -3", ids: /^rpc:getblock-number$/, code: -3 },
  { why: "an unknown block is -5", ids: /^rpc:getblock(header)?-unknown/, code: -5 },
  {
    why: "a height out of range is -8",
    ids: /^rpc:getblockhash-(533|-1|9+|2147483648|-2147483649|4294967296)$/,
    code: -8,
  },
  {
    why: "a height is an integer",
    ids: /^rpc:getblockhash-(abc|1\.5|\d{10,}|1e.*|true)$/,
    code: -3,
  },
  { why: "a missing height is -1", ids: /^rpc:getblockhash-null$/, code: -1 },
  { why: "too many parameters are refused", ids: /^rpc:getblockcount-extra-param$/, code: -1 },
  { why: "an output index is not negative", ids: /^rpc:gettxout-negative$/, code: -8 },
  {
    why: "a decoder that fails says so",
    ids: /^rpc:decoderawtransaction-(bad|nothex)$/,
    code: -22,
  },
  {
    why: "scripts of cold staking can be shown",
    ids: /^rpc:(getrawtransaction-(multisig|allTemplates|coldsetup)-1|decoderawtransaction-cold)$/,
  },
  { why: "there is no pool yet", ids: /-pool(-\d+)?$/ },
];

function differences(id: string, theirs: unknown, ours: unknown, path = ""): Place[] {
  if (Object.is(theirs, ours)) return [];
  const whole = { id, path, theirs, ours };
  if (!isRecord(theirs) || !isRecord(ours)) return [whole];
  if (Array.isArray(theirs) !== Array.isArray(ours)) return [whole];
  if (Array.isArray(theirs) && Array.isArray(ours) && theirs.length !== ours.length) return [whole];
  return Object.keys(theirs).flatMap((key) =>
    differences(id, theirs[key], ours[key], path === "" ? key : `${path}.${key}`),
  );
}

describe.skipIf(recorded === undefined || node === undefined)("beside the reference node", () => {
  const met = new Set<string>();

  it("states the same facts in every answer, but for the differences by design", async () => {
    if (node === undefined) return;
    const send = clientOf(node);
    const unexplained: Place[] = [];
    let compared = 0;
    for (const { id, request, status, response } of cases) {
      const answer = await post(send, request.body ?? "");
      const error = answer.json["error"] as { code: number } | null;
      const exception = WHOLE.find(({ ids }) => ids.test(id));
      if (exception !== undefined) {
        met.add(exception.why);
        if (exception.code !== undefined) expect(error?.code, id).toBe(exception.code);
        continue;
      }
      const theirs = status === 204 ? null : (response.json?.result ?? null);
      expect(error?.code, id).toBe(response.json?.error?.code);
      compared++;
      for (const place of differences(id, theirs, answer.json["result"])) {
        const names = Object.entries(DIFFERENCES).filter(([, applies]) => applies(place));
        for (const [name] of names) met.add(name);
        if (names.length === 0) unexplained.push(place);
      }
    }
    expect(unexplained).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });

  it("differs in every way that is listed, so that the list stays true", () => {
    const listed = [...Object.keys(DIFFERENCES), ...WHOLE.map(({ why }) => why)];
    expect(listed.filter((name) => !met.has(name))).toEqual([]);
  });
});
