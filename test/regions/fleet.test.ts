import { describe, expect, it } from "vitest";
import { CITIES } from "#regions/fleet.ts";

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
    expect(CITIES.map(({ wave }) => wave)).toEqual(CITIES.map(({ wave }) => wave).sort());
    for (const { host, wave } of CITIES) expect(host.kind === "external").toBe(wave === 3);
  });

  it("name two zones of their own region where tasks run", () => {
    const zones = CITIES.flatMap(({ host }) => (host.kind === "aws" ? host.zoneIds : []));
    expect(new Set(zones).size).toBe(18);
    for (const zone of zones) expect(zone).toMatch(/^[a-z]+\d-az\d$/);
  });
});
