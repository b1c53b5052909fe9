import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "#services/cli/commands.ts";
import { type DevelopmentNode, openDevelopmentNode } from "../support/development-node.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/test-node.ts";

/** @source interfaces.md 7.3, without markets, streams and limits of calls, which come later */
const METRICS = {
  exporter: `blocks difficulty peers conn_in conn_out warnings uptime mempool_bytes mempool_size
    mempool_usage mempool_minfee mempool_unbroadcast latest_block_height latest_block_weight
    latest_block_size latest_block_txs latest_block_inputs latest_block_outputs latest_block_value
    latest_block_fee txcount num_chaintips total_bytes_recv total_bytes_sent server_version
    protocol_version size_on_disk verification_progress rpc_active ban_created banned_until`,
  own: `tip_age_seconds lag_blocks reorgs_total reorg_depth_blocks connect_seconds index_lag_blocks
    sync_phase sync_progress_ratio sync_eta_seconds sync_blocks_per_second stake_weight
    stake_network_weight stake_expected_seconds stake_found_total stake_state
    http_request_duration_seconds queue_depth queue_oldest_seconds dead_letters_total
    store_op_seconds city_info`,
  process: `nodejs_eventloop_lag_seconds nodejs_heap_size_used_bytes nodejs_active_handles
    process_resident_memory_bytes`,
};
/** Only once something happens: a block or transaction that is refused. */
const ON_EVENT = ["exos_rejects_total"];

const SOMEBODY = "XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh";
const HASH = "00".repeat(32);
const PEER = "127.0.0.1:1";

/** Every method that issue 5 names, with arguments that work; a number is the error it answers. */
const METHODS: readonly (readonly [name: string, parameters: unknown, error?: number])[] = [
  ["sendrawtransaction", ["00"], -22],
  ["testmempoolaccept", [["00"]], -22],
  ["getrawmempool", [true]],
  ["getmempoolinfo", []],
  ["getmempoolentry", [HASH], -5],
  ["getpeerinfo", []],
  ["addnode", [PEER, "add"]],
  ["getaddednodeinfo", []],
  ["addnode", [PEER, "remove"]],
  ["disconnectnode", [PEER], -29],
  ["setban", ["127.0.0.9", "add", 60]],
  ["listbanned", []],
  ["clearbanned", []],
  ["getnettotals", []],
  ["getnetworkinfo", []],
  ["getconnectioncount", []],
  ["ping", []],
  ["getnetworkstakinginfo", []],
  ["getmininginfo", []],
  ["getstakinginfo", []],
  ["stopstaking", []],
  ["startstaking", []],
  ["reservebalance", [true, 1]],
  ["reservebalance", [false]],
  ["checkkernel", [[{ txid: HASH, vout: 0 }]]],
  ["listwallets", []],
  ["getwalletinfo", []],
  ["getbalance", []],
  ["getbalances", []],
  ["getnewaddress", ["rent"]],
  ["getrawchangeaddress", []],
  ["getaddressinfo", [SOMEBODY]],
  ["listunspent", [1]],
  ["listtransactions", ["*", 5]],
  ["listlockunspent", []],
  ["lockunspent", [true]],
  ["settxfee", [0.0002]],
  ["sendtoaddress", [SOMEBODY, 1]],
  ["sendmany", ["", { [SOMEBODY]: 2 }]],
  ["splitcoins", [10, 2]],
  ["gettransaction", [HASH], -5],
  ["createrawtransaction", [[], { [SOMEBODY]: 1 }]],
  ["signrawtransactionwithwallet", ["00"], -22],
  ["encryptwallet", ["secret"], -15],
  ["createwallet", { wallet_name: "named", passphrase: "secret" }],
  ["unloadwallet", ["named"]],
  ["loadwallet", ["named"]],
  ["walletpassphrase", ["secret", 60]],
  ["walletpassphrasechange", ["secret", "other"]],
  ["walletlock", []],
  ["backupwallet", ["BACKUP"]],
];

/** Every command that issue 5 names, in words that work beside a running node. */
const LINES = [
  "status",
  "sync wait --timeout 60",
  "peers",
  "logs --lines 5",
  "doctor",
  "fleet status",
  "stake status",
  "stake stop",
  "stake start",
  "stake why",
  "address new",
  "balance",
  `send ${SOMEBODY} 1 --yes`,
  "wallet create shop --password-file PASSWORD",
  "wallet list",
  "wallet info shop",
  "wallet unlock shop --staking-only --password-file PASSWORD",
  "wallet lock shop",
  "wallet backup shop COPY",
  "wallet import again --from WORDS --password-file PASSWORD",
];
/** Tested where they take a process or a fleet of their own. */
const ELSEWHERE = {
  dev: "fleet.slow.test.ts",
  start: "start-connect.slow.test.ts",
  snapshot: "snapshot",
};

describe("a node as exos dev runs it", () => {
  const root = temporaryFolder();
  const folder = root.path;
  let node: DevelopmentNode;
  beforeAll(async () => {
    node = await openDevelopmentNode(folder);
  });
  afterAll(async () => {
    await node[Symbol.asyncDispose]();
    root[Symbol.dispose]();
  });

  const call = async (name: string, parameters: unknown, wallet: string) => {
    const text = JSON.stringify(parameters).replace("BACKUP", join(folder, "backup.json"));
    const list = Array.isArray(parameters);
    const words = list ? JSON.parse(text).map(word) : Object.entries(JSON.parse(text)).map(pair);
    const named = list ? [] : ["-named"];
    const line = ["rpc", `-rpcwallet=${wallet}`, ...named, name, ...words];
    return runInProcess(line, { environment: node.environment });
  };

  it("counts what interfaces.md promises, as soon as its staker has looked once", async () => {
    const names = (text: string, prefix: string) => text.split(/\s+/).map((name) => prefix + name);
    const promised = [
      ...names(METRICS.exporter, "bitcoin_"),
      ...names(METRICS.own, "exos_"),
      ...names(METRICS.process, ""),
    ];
    let found = new Set<string>();
    const missing = async () => {
      const answer = await fetch(`http://127.0.0.1:${node.httpPort}/metrics`);
      const rows = (await answer.text()).match(/^# TYPE \S+/gm) ?? [];
      found = new Set(rows.map((row) => row.slice("# TYPE ".length)));
      return promised.filter((name) => !found.has(name));
    };
    await expect.poll(missing, { timeout: 300_000 }).toEqual([]);
    expect(ON_EVENT.filter((name) => found.has(name))).toEqual([]);
  });

  it("answers every method that is named, and helps with each", async () => {
    const list = (await call("help", [], "dev")).out;
    let wallet = "dev";
    for (const [name, parameters, error] of METHODS) {
      expect(list, name).toMatch(new RegExp(`^${name}( |$)`, "m"));
      expect((await call("help", [name], "dev")).out, name).toMatch(/\n\n[A-Z]/);
      const { code, err } = await call(name, parameters, wallet);
      if (name === "createwallet") wallet = "named";
      const said = /error code: (-?\d+)/.exec(err)?.[1];
      const expected = { name, failed: error !== undefined, error: error?.toString() };
      expect({ name, failed: code !== 0, error: said }, err).toEqual(expected);
    }
  });

  it("runs every command that is named, and helps with each", async () => {
    const paths = { PASSWORD: "secret", WORDS: `${"abandon ".repeat(11)}about` };
    for (const [name, text] of Object.entries(paths)) writeFileSync(join(folder, name), text);
    await runInProcess(["rpc", "unloadwallet", "named"], { environment: node.environment });
    for (const line of LINES) {
      const words = line
        .replace(/\b(PASSWORD|WORDS|COPY)\b/g, (name) => join(folder, name))
        .split(" ");
      const { code, err } = await runInProcess(words, { environment: node.environment });
      // A node alone is no fleet, and says so.
      const expected = line.startsWith("fleet") ? 7 : 0;
      expect({ line, code }, err).toEqual({ line, code: expected });
    }
    const named = [...LINES.map((line) => line.split(" ")[0]), ...Object.keys(ELSEWHERE)];
    const known = new Set(COMMANDS.map(({ name }) => name));
    expect(named.filter((name) => !known.has(name ?? ""))).toEqual([]);
  });
});

const word = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
const pair = ([name, value]: readonly [string, unknown]): string => `${name}=${word(value)}`;
