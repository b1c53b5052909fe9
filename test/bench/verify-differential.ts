/**
 * `node test/bench/verify-differential.ts [cases] [seed]`: signature verification against npm
 * `secp256k1` and @noble/curves; exit code 1 at any difference.
 * @module
 */
import { compareEngines } from "../support/compare-engines.ts";

const print = (line: string) => process.stdout.write(`${line}\n`);
const count = Number(process.argv[2] ?? 20_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32);
const { classes, mismatches } = compareEngines(count, seed);

print(`${count} cases, seed ${seed}, ${process.version}`);
print(`${"class".padEnd(40)} ${"valid".padStart(7)} ${"invalid".padStart(7)}`);
for (const [kind, { valid, invalid }] of [...classes].sort(([a], [b]) => (a < b ? -1 : 1))) {
  print(`${kind.padEnd(40)} ${`${valid}`.padStart(7)} ${`${invalid}`.padStart(7)}`);
}
for (const line of mismatches.slice(0, 20)) print(`MISMATCH ${line}`);
print(`${mismatches.length} mismatches`);
if (mismatches.length > 0) process.exitCode = 1;
