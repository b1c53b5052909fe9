/**
 * The long recorded chains through everything that must leave them as their table says.
 * `node test/e2e/long-chains.ts [jobs]`; the exit status says whether it held.
 * @module
 */
import { replayChain } from "../support/chain-scenario.ts";
import { LONG_CHAINS, SHORT_CHAINS } from "../support/recorded-chains.ts";
import { vectorsPath } from "../support/vectors.ts";

const JOBS = 2;

const print = (line: string) => process.stdout.write(`${line}\n`);
const jobs = Number(process.argv[2] ?? JOBS);

// The longest of the short ones would take npm test seven seconds.
const longest = SHORT_CHAINS.filter(({ file }) => file === "exos-regtest/chain.dat");
for (const chain of [...LONG_CHAINS, ...longest]) {
  const path = vectorsPath(chain.file);
  if (path === undefined) {
    print(`${chain.file}: skipped, the file is absent`);
    continue;
  }
  print(chain.file);
  let since = performance.now();
  const onStep = (step: string) => {
    const now = performance.now();
    print(`  ${step}: ok, ${((now - since) / 1000).toFixed(1)} s`);
    since = now;
  };
  try {
    await replayChain(chain, path, { jobs, onStep });
  } catch (cause) {
    print(`  WRONG: ${cause instanceof Error ? cause.message : String(cause)}`);
    process.exitCode = 1;
  }
}
