import { describe, expect, it } from "vitest";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import { CITIES, citiesOf, WAVES } from "#regions/fleet.ts";
import { local } from "#regions/local.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";

/** Where Fargate runs, two zones a region. @source cloud.md 12 */
const ZONES: Readonly<Record<string, readonly string[]>> = {
  "ap-southeast-2": ["apse2-az1", "apse2-az2"],
  "eu-west-2": ["euw2-az1", "euw2-az2"],
  "ap-southeast-1": ["apse1-az1", "apse1-az2"],
  "us-west-1": ["usw1-az1", "usw1-az3"],
  "eu-central-1": ["euc1-az1", "euc1-az2"],
  "ap-northeast-1": ["apne1-az1", "apne1-az4"],
  "eu-west-3": ["euw3-az1", "euw3-az2"],
  "ap-northeast-2": ["apne2-az1", "apne2-az2"],
  "ap-south-1": ["aps1-az1", "aps1-az2"],
  "us-east-1": ["use1-az1", "use1-az2"],
};

describe("the cities of the fleet", () => {
  it("are thirteen, nine of them in AWS regions", () => {
    expect(CITIES).toHaveLength(13);
    expect(CITIES.filter(({ host }) => host.kind === "aws")).toHaveLength(9);
  });

  it("have codes of three letters, each once", () => {
    const codes = CITIES.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^[a-z]{3}$/);
  });

  it("have names, places and regions of their own", () => {
    const places = CITIES.map(({ latitude, longitude }) => `${latitude},${longitude}`);
    expect(new Set(places).size).toBe(CITIES.length);
    expect(new Set(CITIES.map(({ name }) => name)).size).toBe(CITIES.length);
    expect(new Set(CITIES.map(({ host }) => host.region)).size).toBe(CITIES.length);
  });

  it("stand on the globe, in a time zone that exists", () => {
    for (const { latitude, longitude, timeZone } of CITIES) {
      expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
      expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
      expect(() => new Intl.DateTimeFormat("en", { timeZone })).not.toThrow();
    }
  });

  it("are deployed in waves without a gap, the first of one city, the last outside AWS", () => {
    const waves = [0, 1, 2, 3].map((wave) => CITIES.filter((city) => city.wave === wave));
    expect(waves.map((cities) => cities.length)).toEqual([1, 3, 5, 4]);
    expect(WAVES).toEqual(waves);
    expect(CITIES.map(({ wave }) => wave)).toEqual(CITIES.map(({ wave }) => wave).sort());
    for (const { host, wave } of CITIES) expect(host.kind === "external").toBe(wave === 3);
  });

  it("name two zones of their own region where tasks run", () => {
    for (const { code, host } of [...CITIES, local]) {
      if (host.kind === "aws") expect(ZONES[host.region]?.slice(), code).toEqual(host.zoneIds);
    }
    expect(Object.keys(ZONES)).toHaveLength(10);
  });

  it("share no account and region with another of the same environment", () => {
    for (const environment of Object.keys(ENVIRONMENTS) as EnvironmentName[]) {
      const regions = citiesOf(environment).map(({ host }) => host.region);
      expect(new Set(regions).size, environment).toBe(regions.length);
    }
    expect(citiesOf("prod")).toEqual(CITIES);
    expect(citiesOf("local")).toEqual([local]);
  });

  it("listen for peers where others of their network look for them", () => {
    for (const [environment, { network, peerPort }] of Object.entries(ENVIRONMENTS)) {
      expect(peerPort, environment).toBe(NETWORKS[network]?.ports.p2p);
    }
  });

  it("keep their door shut outside of this machine", () => {
    for (const { edge, environments } of CITIES) {
      expect(edge).toBe(true);
      expect(environments).not.toContain("local");
    }
    expect(local.edge).toBe(false);
  });

  it("send traces nowhere", () => {
    for (const { traces, code } of [...CITIES, local]) expect(traces, code).toBeUndefined();
  });

  it("are watched from two of them", () => {
    const watchers = CITIES.filter(({ host }) => host.kind === "aws" && host.watcher);
    expect(watchers.map(({ code }) => code)).toEqual(["syd", "lon"]);
  });

  it("use nothing that is not built yet, or costs what the design leaves out", () => {
    for (const { host, market, code } of CITIES) {
      expect(market, code).toBe(false);
      if (host.kind !== "aws") continue;
      expect([host.rpc, host.ingress, host.virtual], code).toEqual([
        "function-url",
        "task",
        undefined,
      ]);
    }
  });
});
