import { describe, expect, it } from "vitest";
import type { Dialect } from "#shared/script/machine.ts";
import { parseScriptCase, runScriptCase, type ScriptCase } from "../../support/script-cases.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";

/** Errors that the suites and the reference of EXOS spell differently, beyond case and `_`. */
const SPELLINGS: Readonly<Record<string, string>> = {
  witnessprogrammismatch: "witnessprogrammissmatch",
  witnessprogramwitnessempty: "witnessprogramempty",
};

function sameName(name: string): string {
  const plain = name.replaceAll("_", "").toLowerCase();
  return SPELLINGS[plain] ?? plain;
}

function loadCases(file: string): ScriptCase[] | undefined {
  const rows = loadVectors<Parameters<typeof parseScriptCase>[0][]>(file);
  return rows?.flatMap((row) => parseScriptCase(row) ?? []);
}

/** What is not as the file says, each as a line. */
function surprises(cases: readonly ScriptCase[], dialect: Dialect): string[] {
  return cases.flatMap((line) => {
    const result = runScriptCase(line, dialect);
    return sameName(result) === sameName(line.expected)
      ? []
      : [`${line.expected} but ${result}: ${line.flags} ${line.scriptPubKey}`];
  });
}

const suites = [
  { file: "script/pos_script_tests.json", dialect: "exos" },
  { file: "bitcoin-core/script-tests.json", dialect: "bitcoin" },
] as const;

describe("verifyInput", () => {
  for (const { file, dialect } of suites) {
    const cases = loadCases(file);
    it.skipIf(cases === undefined)(`answers all of ${file} in the dialect ${dialect}`, () => {
      expect(surprises(cases ?? [], dialect)).toEqual([]);
      expect(cases?.length).toBeGreaterThan(1000);
      reportVectors({ name: `${file} (${dialect})`, run: cases?.length ?? 0 });
    });
  }

  /**
   * In seven witness scripts, each bare and nested, a stack that is not clean at the end is to the
   * reference of EXOS a script that came out false, to Bitcoin Core an error of its own.
   */
  const UNCLEAN = [
    ...["P2SH,WITNESS", "P2SH,WITNESS", "P2SH,WITNESS,MINIMALIF"].map(
      (flags) =>
        `${flags} 0 0x20 0xc7eaf06d5ae01a58e376e126eb1e6fab2036076922b96b2711ffbec1e590665d`,
    ),
    ...["P2SH,WITNESS", "P2SH,WITNESS", "P2SH,WITNESS", "P2SH,WITNESS,MINIMALIF"].map(
      (flags) =>
        `${flags} 0 0x20 0xf913eacf2e38a5d6fc3a8311d72ae704cb83866350a984dd3e5eb76d2a8c28e8`,
    ),
    ...["P2SH,WITNESS", "P2SH,WITNESS", "P2SH,WITNESS,MINIMALIF"].map(
      (flags) => `${flags} HASH160 0x14 0x9b27ee6d9010c21bf837b334d043be5d150e7ba7 EQUAL`,
    ),
    ...["P2SH,WITNESS", "P2SH,WITNESS", "P2SH,WITNESS", "P2SH,WITNESS,MINIMALIF"].map(
      (flags) => `${flags} HASH160 0x14 0xdbb7d1c0a56b7a9c423300c8cca6e6e065baf1dc EQUAL`,
    ),
  ];

  const core = loadCases("bitcoin-core/script-tests.json");
  it.skipIf(core === undefined)("differs between the dialects in fourteen named cases", () => {
    expect(surprises(core ?? [], "exos")).toEqual(
      UNCLEAN.map((line) => `CLEANSTACK but EvalFalse: ${line}`),
    );
  });

  const reference = loadCases("script/pos_script_tests.json");
  it.skipIf(reference === undefined)(
    "differs in the same and in two soft forks that the older suite discourages",
    () => {
      const dormant = ["CHECKLOCKTIMEVERIFY", "CHECKSEQUENCEVERIFY"].map(
        (name) => `DISCOURAGE_UPGRADABLE_NOPS but OK: P2SH,DISCOURAGE_UPGRADABLE_NOPS ${name}`,
      );
      expect(surprises(reference ?? [], "bitcoin")).toEqual([
        ...dormant,
        ...UNCLEAN.map((line) => `EVAL_FALSE but CleanStack: ${line}`),
      ]);
    },
  );
});
