import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import type { Deployment } from "#regions/deployment.ts";
import { CITIES } from "#regions/fleet.ts";
import { FLEET_VERBS } from "#services/cli/fleet/fleet-verbs.ts";
import { releaseKeyPem } from "#services/cli/fleet/release-key.ts";
import { renderNamed } from "#services/cli/fleet/render-named.ts";
import { RUNBOOK } from "#services/cli/fleet/runbook.ts";
import { runInProcess } from "../../support/run-in-process.ts";

const FACTS: Deployment = {
  ...EXAMPLE_DEPLOYMENT,
  releaseKey: "5b".repeat(32),
  proxyImage: `caddy@sha256:${"ab".repeat(32)}`,
};
const external = CITIES.filter(({ host }) => host.kind === "external");

describe("exos fleet render", () => {
  it.each(external)("names $name, its port, its host and its channel", ({ code, wave }) => {
    const text = renderNamed(code, "prod", FACTS, 7);
    expect(text).toContain("SERIAL_MIN=7\n");
    expect(parse(text)).toMatchObject({ disable_root: true });
    expect(text).toContain(`CHANNEL_URL=https://exos.example/release/channel-${wave}.json`);
    expect(text).toContain(`${code}.origin.exos.example {`);
    expect(text).toContain('"4562:4562"');
    expect(text).toContain(releaseKeyPem("5b".repeat(32)).split("\n")[1]);
  });

  it.each([
    ["no city", ["render", "xyz"], 7, "EXOS-E8001"],
    ["a city on AWS", ["render", "syd"], 2, "EXOS-E8003"],
    ["facts that nobody filled in", ["render", "ams"], 1, "EXOS-E8004"],
    ["an environment that is none", ["render", "ams", "--environment", "x"], 2, "EXOS-E0002"],
    ["roles of nobody", ["access"], 1, "EXOS-E8004"],
    ["an edge below no zone", ["edge"], 1, "EXOS-E8004"],
    ["no name", ["render"], 2, "EXOS-E0002"],
    ["a verb that is none", ["sell"], 2, "EXOS-E0002"],
  ])("refuses %s", async (_, words, code, error) => {
    const said = await runInProcess(["fleet", ...words]);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(error);
  });

  it("takes no key of another length", () => {
    expect(() => releaseKeyPem("5b")).toThrow(RangeError);
  });
});

it("says of a verb that a signal cut short that it goes on, and reports no mistake", async () => {
  const said = await runInProcess(["fleet", "cost", "--environment", "local"], {
    signal: AbortSignal.abort(),
  });
  expect(said).toEqual({ code: 130, out: "", err: "stopped; the same command goes on\n" });
});

describe("exos fleet runbook", () => {
  it("names commands that exist", async () => {
    const { code, out } = await runInProcess(["fleet", "runbook"]);
    expect(code).toBe(0);
    expect(out).toContain("a region is lost");
    const json = await runInProcess(["fleet", "runbook", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ schema: "exos.fleet-runbook.v1" });
    const named = RUNBOOK.flatMap(({ command }) =>
      [...command.matchAll(/exos fleet ([a-z-]+)/g)].map(([, verb]) => verb),
    );
    expect(named.length).toBeGreaterThan(5);
    const known = Object.keys(FLEET_VERBS);
    expect(named.filter((verb = "") => !known.includes(verb))).toEqual([]);
  });

  it("gives a new city what the edge asks it with", () => {
    const { command = "" } = RUNBOOK.find(({ event }) => event === "a new city") ?? {};
    expect(command).toMatch(/`exos fleet rotate edge-key`.*`exos fleet edge`/);
  });
});

describe("a verb of exos fleet", () => {
  it.each(Object.entries(FLEET_VERBS))("%s has a page with its own options", async (name, verb) => {
    const { code, out } = await runInProcess(["fleet", name, "--help"]);
    expect(code).toBe(0);
    expect(out).toContain(verb.summary);
    const shown = [...out.matchAll(/^ {2}--([a-z-]+) /gm)].map(([, option]) => option);
    expect(shown.toSorted()).toEqual([...verb.options].toSorted());
  });

  it("stands on the page of all", async () => {
    const { out } = await runInProcess(["fleet", "--help"]);
    for (const [name, { summary }] of Object.entries(FLEET_VERBS)) {
      expect(out).toMatch(new RegExp(`^ {2}${name} .*${summary}$`, "m"));
    }
  });

  it.each([
    [
      "an option of another verb",
      ["plan", "--bake", "5"],
      2,
      "plan takes no --bake; it is of deploy",
    ],
    ["a wave that is none", ["plan", "--wave", "9"], 2, "prod has no wave 9; it has 0, 1, 2, 3"],
    ["a city that is none", ["plan", "--city", "xyz"], 7, "it has syd lon sin"],
    [
      "a city of another wave",
      ["cost", "--city", "ams", "--wave", "0"],
      7,
      "EXOS-E8001 wave 0 of prod has no city ams",
    ],
    ["one city said twice", ["status", "syd", "--city", "lon"], 2, 'takes "syd" or --city, not'],
    ["a word too many", ["plan", "syd"], 2, 'plan takes no "syd"'],
    ["two cities at once", ["status", "syd", "lon"], 2, 'status takes no "lon"'],
    ["one city of a fleet in one process", ["status", "syd"], 2, "--environment says where"],
  ])("refuses %s", async (_, words, code, sentence) => {
    const said = await runInProcess(["fleet", ...words]);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(sentence);
  });
});

describe("exos fleet rotate", () => {
  it.each([
    ["no name", [], 2, "EXOS-E0002"],
    ["what is no secret of a city", ["edge"], 2, "EXOS-E0002"],
    ["one city alone", ["edge-key", "--city", "syd"], 2, "EXOS-E0002"],
    ["a deployment without an edge", ["edge-key", "--environment", "local"], 2, "EXOS-E8003"],
    ["an edge that nobody named", ["edge-key"], 1, "EXOS-E8004"],
  ])("refuses %s", async (_, words, code, error) => {
    const said = await runInProcess(["fleet", "rotate", ...words]);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(error);
  });
});

describe("exos fleet redrive", () => {
  it.each([
    ["no city", [], 2, "EXOS-E0002"],
    ["a city that is none", ["xyz"], 7, "EXOS-E8001"],
    ["a city outside AWS", ["ams"], 2, "EXOS-E8003"],
    ["a queue that is no dead one", ["syd", "blocks"], 2, "EXOS-E0002"],
    ["a fleet without an account", ["syd"], 1, "EXOS-E8004"],
  ])("refuses %s", async (_, words, code, error) => {
    const said = await runInProcess(["fleet", "redrive", ...words]);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(error);
  });
});

describe("exos fleet gc", () => {
  it.each([
    ["no city", [], 2, "EXOS-E0002"],
    ["a city outside AWS", ["nyc"], 2, "EXOS-E8003"],
    ["two cities", ["syd", "lon"], 2, "EXOS-E0002"],
    ["a fleet without an account", ["syd"], 1, "EXOS-E8004"],
  ])("refuses %s", async (_, words, code, error) => {
    const said = await runInProcess(["fleet", "gc", ...words]);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(error);
  });
});

describe("exos fleet load", () => {
  it.each([
    ["no city", [], 2, "EXOS-E0002"],
    ["a city outside AWS", ["atl"], 2, "EXOS-E8003"],
    ["to forget a chain unasked", ["syd", "--refill"], 9, "EXOS-E8007"],
    ["to forget another city's", ["syd", "--refill", "--confirm", "lon"], 9, "EXOS-E8007"],
    ["a fleet without an account", ["syd", "--refill", "--confirm", "syd"], 1, "EXOS-E8004"],
    ["to publish and to load", ["syd", "--snapshot", "--from", "lon"], 2, "EXOS-E0002"],
    ["a set hash of no snapshot", ["syd", "--trust", "ab".repeat(32)], 2, "EXOS-E0002"],
    ["what is no set hash", ["syd", "--from", "lon", "--trust", "ab"], 2, "EXOS-E0002"],
    ["a snapshot from a city outside AWS", ["syd", "--from", "nyc"], 2, "EXOS-E8003"],
  ])("refuses %s", async (_, words, code, error) => {
    const said = await runInProcess(["fleet", "load", ...words]);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(error);
  });
});

describe("exos fleet deploy", () => {
  const IMAGE = `sha256:${"0".repeat(64)}`;
  it.each<readonly [string, readonly string[], number, string, string]>([
    ["machines without a key", ["deploy"], 2, "EXOS-E8003", "--release-key FILE"],
    [
      "a part of a channel's cities",
      ["deploy", "--city", "ams"],
      2,
      "EXOS-E8003",
      "nyc ams atl blr",
    ],
    [
      "no city at all",
      ["deploy", "--city", "syd", "--wave", "2"],
      7,
      "EXOS-E8001",
      "has no city syd",
    ],
    ["facts that nobody filled in", ["deploy", "--wave", "0"], 1, "EXOS-E8004", "accounts.prod"],
    [
      "machines an image that they cannot pull",
      ["deploy", "--wave", "3", "--release-key", "none", "--image", IMAGE],
      2,
      "EXOS-E8003",
      "leave --image out",
    ],
    ["a release by a path", ["deploy", "--release", "v1/hotfix"], 2, "EXOS-E0002", '"v1/hotfix"'],
    ["a release that is no tag", ["deploy", "--release", "1.0+5"], 2, "EXOS-E0002", "up to 64"],
    ["an edge of such a release", ["edge", "--release", "a b"], 2, "EXOS-E0002", "no . or - first"],
    ["an image by its name", ["deploy", "--image", "node:1"], 2, "EXOS-E0002", "sha256: and 64"],
    [
      "to roll machines back without a key",
      ["rollback", "--wave", "3"],
      2,
      "EXOS-E8003",
      "channel",
    ],
  ])("refuses %s", async (_, words, ...expected) => {
    const [code, error, sentence] = expected;
    const said = await runInProcess(["fleet", ...words]);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(error);
    expect(said.err).toContain(sentence);
  });
});

describe("exos fleet destroy", () => {
  it.each([
    ["no city", [], 2, "EXOS-E8007"],
    ["two cities", ["--city", "syd,lon"], 2, "EXOS-E8007"],
    ["a city whose letters were not typed", ["--city", "syd"], 9, "EXOS-E8007"],
    [
      "a city outside AWS",
      ["--city", "nyc", "--confirm", "nyc"],
      2,
      "EXOS-E8003 nyc is no city on AWS",
    ],
  ])("refuses %s", async (_, words, code, error) => {
    const said = await runInProcess(["fleet", "destroy", ...words]);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(error);
  });
});
