import { describe, expect, it } from "vitest";
import { encodeHealthVector, parseHealthVector } from "#shared/fleet/health-vector.ts";

describe("the vector of healthy cities", () => {
  it("keeps who is out", () => {
    const text = encodeHealthVector(
      new Map([
        ["syd", true],
        ["lon", false],
        ["sin", true],
        ["sfo", false],
      ]),
    );
    expect(text).toBe("syd1lon0sin1sfo0");
    expect(parseHealthVector(text)).toEqual(["lon", "sfo"]);
  });

  it("takes nobody out when it is broken or empty", () => {
    for (const text of ["", "syd", "syd0lon", "syd2", "SYD0", "syd0 lon0", "0", "<html>"]) {
      expect(parseHealthVector(text)).toEqual([]);
    }
  });
});
