import { describe, expect, it } from "vitest";
import { CONFIG_KEYS, type ConfigKey } from "#services/cli/config/config-keys.ts";
import { parseConfigFile } from "#services/cli/config/parse-config-file.ts";
import { parseValue } from "#services/cli/config/parse-value.ts";
import { findKey, resolveConfig } from "#services/cli/config/resolve-config.ts";

const none = { flags: [], environment: {}, file: [] };

describe("the order of rank", () => {
  it("prefers a flag to the environment, that to the file, that to what is built in", () => {
    const file = parseConfigFile("rpcport=3\nhttpport=3\ndbcache=3000").lines;
    const environment = { EXOS_RPCPORT: "2", EXOS_HTTP_PORT: "2" };
    const { entries, errors } = resolveConfig({ flags: [["rpc-port", "1"]], environment, file });
    expect(errors).toEqual([]);
    expect(entries.rpcport).toEqual({ value: 1, source: "flag" });
    expect(entries.httpport).toEqual({ value: 2, source: "environment" });
    expect(entries.dbcache).toEqual({ value: 3000, source: "file" });
    expect(entries.httpbind).toEqual({ value: "127.0.0.1", source: "built-in" });
  });

  it("reads the section of the chosen network before the lines above it, and no other", () => {
    const { lines } = parseConfigFile("dbcache=64\n[stratis]\ndbcache=128\n[exos]\ndbcache=256");
    const of = (network: string) =>
      resolveConfig({ ...none, flags: [["network", network]], file: lines }).entries.dbcache;
    expect(of("stratis")?.value).toBe(128);
    expect(of("exos-test")?.value).toBe(64);
  });

  it("collects a list that is given several times, within one source", () => {
    const flags = [
      ["rpcauth", "a:1$2"],
      ["rpcauth", "b:3$4,c:5$6"],
    ] as const;
    const environment = { EXOS_RPCAUTH: "d:7$8" };
    const { entries } = resolveConfig({ ...none, flags, environment });
    expect(entries.rpcauth?.value).toEqual(["a:1$2", "b:3$4", "c:5$6"]);
  });

  it("accepts the reference's names for a network and a key", () => {
    const { entries } = resolveConfig({
      ...none,
      flags: [
        ["testnet", "1"],
        ["apiport", "8080"],
      ],
    });
    expect(entries.network?.value).toBe("exos-test");
    expect(entries.httpport?.value).toBe(8080);
  });
});

describe("mistakes", () => {
  it("names an unknown key with where it stands and the nearest one there is", () => {
    const { lines } = parseConfigFile("\nrpcprot=1");
    expect(resolveConfig({ ...none, file: lines }).errors).toEqual([
      'exos.conf line 2: unknown configuration key "rpcprot"; did you mean rpcport?',
    ]);
    expect(resolveConfig({ ...none, environment: { EXOS_NETWROK: "x" } }).errors).toEqual([
      'EXOS_NETWROK: unknown configuration key "NETWROK"; did you mean network?',
    ]);
  });

  it("names a key once, in the spelling of whoever gave it a value that is none", () => {
    const file = parseConfigFile("rpcport=x").lines;
    const flags = [["http-port", "x"]] as const;
    const { errors } = resolveConfig({ flags, environment: { EXOS_PORT: "x" }, file });
    const text = '"x" is no whole number from 0 to 65535';
    expect(errors).toEqual([
      `--http-port: ${text}`,
      `EXOS_PORT: ${text}`,
      `exos.conf line 1: rpcport: ${text}`,
    ]);
  });

  it("makes no guess where nothing is near", () => {
    expect(findKey("zzzzzzzz")).toEqual({ error: 'unknown configuration key "zzzzzzzz"' });
  });

  it("leaves the folder of the vectors to the tests", () => {
    expect(resolveConfig({ ...none, environment: { EXOS_VECTORS: "x" } }).errors).toEqual([]);
  });

  it("names the line of a file that is neither key, section nor comment", () => {
    expect(parseConfigFile("# note\nrpcport=1 # why\nnonsense").errors).toEqual([
      'line 3: expected key=value or [network], found "nonsense"',
    ]);
  });

  it.each([
    ["rpcport", "65536", 'rpcport: "65536" is no whole number from 0 to 65535'],
    ["rpcport", "-1", 'rpcport: "-1" is no whole number from 0 to 65535'],
    ["dbcache", "15", 'dbcache: "15" is no whole number from 16 to 16384'],
    ["loglevel", "loud", 'loglevel: "loud" is none of debug, info, warn, error'],
  ] as const)("says what %s=%s should have been", (name, text, error) => {
    expect(parseValue(name, text)).toEqual({ ok: false, error });
  });

  it.each([
    ["rpcport", "65535"],
    ["dbcache", "16"],
    ["dbcache", "16384"],
  ] as const)("accepts %s=%s, the last good value", (name, text) => {
    expect(parseValue(name, text)).toEqual({ ok: true, value: Number(text) });
  });
});

it("has a default that its own rules accept, for every key that has one", () => {
  for (const [name, key] of Object.entries<ConfigKey>(CONFIG_KEYS)) {
    const found = findKey(name);
    if (key.fallback === undefined || typeof found !== "string") continue;
    expect(parseValue(found, key.fallback).ok, name).toBe(true);
  }
});
