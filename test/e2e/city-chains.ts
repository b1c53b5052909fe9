/**
 * `npm run long -- city-chains`: recorded chains through the stores of a city and through those of an
 * embedded node. By default on dynalite and fauxqs in this process; on what `AWS_ENDPOINT_URL` and
 * `EXOS_TEST_ENDPOINT` name otherwise. `--blocks N`: no more than so many of each.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { CITY_CHAINS, followTwice } from "./city-chain-scenario.ts";

const print = (line: string) => process.stdout.write(`${line}\n`);
const at = process.argv.indexOf("--blocks");
const most = at === -1 ? Number.POSITIVE_INFINITY : Number(process.argv[at + 1]);

await using tables = await openDynamoEndpoint();
await using buckets = await openFauxqsEndpoint();
for (const chain of CITY_CHAINS) {
  const startedMs = performance.now();
  const blocks = Math.min(most, chain.blocks);
  const ends = await followTwice({ ...chain, blocks }, { tables, buckets });
  const { wanted, city, embedded } = ends;
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const same = isDeepStrictEqual(city, embedded);
  const whole = isDeepStrictEqual({ ...city, ...wanted }, city);
  const known = Object.keys(wanted).join(", ");
  const verdict = `${same ? "the same in a city as embedded" : "DIFFERENT"}, ${whole ? `${known} as recorded` : "NOT AS RECORDED"}`;
  print(
    `${chain.file}, height ${city.height}, ${city.coins} coins, muhash ${city.muhash}: ${verdict}, ${seconds} s`,
  );
  if (same && whole) continue;
  print(JSON.stringify(ends, undefined, 2));
  process.exitCode = 1;
}
