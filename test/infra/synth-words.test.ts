import { expect, it } from "vitest";
import { synthWords } from "#infra/synth-words.ts";

it.each([
  [[], { environment: "prod", lint: false }],
  [["test"], { environment: "test", lint: false }],
  [["--lint"], { environment: "prod", lint: true }],
  [["local", "--lint"], { environment: "local", lint: true }],
])("a synthesis is asked for by %j", (words, asked) => {
  expect(synthWords(words)).toEqual(asked);
});

it.each([
  [["prd"], 'no environment "prd"; there are prod, test, local'],
  [["toString"], 'no environment "toString"'],
  [["prod", "test"], 'no "test"'],
  [["--lnt"], "--lnt"],
])("a synthesis is not asked for by %j", (words, said) => {
  expect(() => synthWords(words)).toThrow(said);
});
