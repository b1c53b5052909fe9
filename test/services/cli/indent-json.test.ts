import fc from "fast-check";
import { expect, it } from "vitest";
import { indentJson } from "#services/cli/indent-json.ts";

it("lays JSON out as JSON.stringify would", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const parsed: unknown = JSON.parse(JSON.stringify(value));
      expect(indentJson(JSON.stringify(parsed))).toBe(JSON.stringify(parsed, null, 2));
    }),
  );
});

it("keeps the digits of a number as they came", () => {
  expect(indentJson('{"a":300000000.00000000}')).toBe('{\n  "a": 300000000.00000000\n}');
});
