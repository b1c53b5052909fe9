import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type * as z from "zod";
import { RIVAL_ADDRESS } from "#services/cli/dev/development-address.ts";
import { FLEET } from "#services/cli/fleet/describe-fleet.ts";
import { stampOf, startExternalCity } from "../support/external-city.ts";
import { runInProcess } from "../support/run-in-process.ts";

type Fleet = z.output<typeof FLEET>;

/** Blocks of the chain that the first city begins with. */
const CHAIN_BLOCKS = 200;
const CONVERGE_MS_MAX = 60_000;

/** `exos dev --cities N` in this process, until it is disposed of. */
export interface RunningFleet extends AsyncDisposable {
  /** Where its first city takes peers. */
  readonly listening: string;
  /** From the start until it said that it answers. */
  readonly readyMs: number;
  status(): Promise<Fleet>;
  /** Which city answers below these letters; `null`: none. */
  answeredBy(city: string): Promise<string | null>;
  /** @param city whose node mines; the first one unless given */
  mine(count: number, city?: string): Promise<void>;
  run(words: readonly string[]): ReturnType<typeof runInProcess>;
  /** Milliseconds until all cities stand on one block of at least this height. */
  agree(height: number): Promise<number>;
}

/** Start it on a folder, standing still unless it is told to stake. */
export async function startFleet(folder: string, words: readonly string[]): Promise<RunningFleet> {
  const stop = new AbortController();
  const environment = {
    EXOS_DATADIR: folder,
    EXOS_HTTPPORT: "0",
    EXOS_RPCPORT: "0",
    EXOS_PORT: "0",
    EXOS_STAKING: "0",
  };
  const startedMs = performance.now();
  const ready = Promise.withResolvers<string>();
  const running = runInProcess(["dev", "--json", ...words], {
    environment,
    signal: stop.signal,
    onOutput: (out) => out.includes("\n") && ready.resolve(out),
  });
  const ended = running.then(({ err }) => Promise.reject(new RangeError(`it ended: ${err}`)));
  const { httpUrl, rpcUrl, listening } = JSON.parse(await Promise.race([ready.promise, ended]));
  ended.catch(() => undefined);
  const readyMs = performance.now() - startedMs;
  const portOf = (url: string) => new URL(url).port;
  const here = { ...environment, EXOS_HTTPPORT: portOf(httpUrl), EXOS_RPCPORT: portOf(rpcUrl) };
  const run = (line: readonly string[]) => runInProcess(line, { environment: here });
  const status = async () => FLEET.parse(await (await fetch(`${httpUrl}/v1/fleet`)).json());
  return {
    readyMs,
    listening: String(listening[0]),
    status,
    run,
    async answeredBy(city) {
      const { ok: answers, headers } = await fetch(`${httpUrl}/c/${city}/v1/tip`);
      return answers ? headers.get("x-exos-city") : null;
    },
    async mine(count, city) {
      if (city === undefined) {
        equal((await run(["rpc", "generate", String(count)])).code, 0);
        return;
      }
      const cookie = readFileSync(join(folder, "cities", city, "exos-regtest", ".cookie"), "utf8");
      const answer = await fetch(`${httpUrl}/c/${city}/rpc`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(cookie).toString("base64")}` },
        // To somebody else, or both sides would make the same blocks.
        body: JSON.stringify({
          method: "generatetoaddress",
          params: [count, RIVAL_ADDRESS],
          id: 1,
        }),
      });
      equal(answer.status, 200);
    },
    async agree(height) {
      const from = performance.now();
      for (;;) {
        const { tips } = await status();
        const [tip] = tips;
        const waited = performance.now() - from;
        if (tips.length === 1 && tip !== undefined && tip.height >= height) return waited;
        ok(waited < CONVERGE_MS_MAX, `no agreement: ${JSON.stringify(tips)}`);
        await sleep(50);
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      const { code, err } = await running;
      equal(code, 0, err);
    },
  };
}

/** What a run measured, in milliseconds. */
export interface FleetFigures {
  readonly readyMs: number;
  /** After the start, on a chain that one city has. */
  readonly convergeMs: number;
  readonly healMs: number;
  /** All at once, on chains that all have. */
  readonly restartMs: number;
  /** Until a city outside AWS, started as it is rendered, stands on their tip and says so. */
  readonly externalMs: number;
}

/**
 * A chain of two hundred blocks in one city reaches all, both sides of a cut go on, healing ends in
 * one tip, and all at once come back after a stop.
 *
 * @throws AssertionError where that does not hold
 */
export async function playFleet(
  folder: string,
  cities: number,
  sizes: readonly [number, number],
): Promise<FleetFigures> {
  const words = ["--cities", String(cities)];
  {
    await using alone = await startFleet(folder, []);
    const { tips } = await alone.status();
    deepEqual(tips, []);
    await alone.mine(CHAIN_BLOCKS - 12);
  }
  const figures = { readyMs: 0, convergeMs: 0, healMs: 0, restartMs: 0, externalMs: 0 };
  {
    const startedMs = performance.now();
    await using fleet = await startFleet(folder, words);
    await fleet.agree(CHAIN_BLOCKS);
    figures.convergeMs = performance.now() - startedMs;
    figures.readyMs = fleet.readyMs;
    const before = await fleet.status();
    equal(before.cities.length, cities);
    ok(before.cities.every(({ peers }) => peers.in + peers.out === cities - 1));
    for (const { city } of before.cities) equal(await fleet.answeredBy(city), city);

    const cut = await fleet.run(["dev", "partition", sizes.join("/")]);
    equal(cut.code, 0, cut.err);
    await fleet.mine(3);
    await fleet.mine(5, "lon");
    await sleep(1_500);
    const apart = await fleet.status();
    deepEqual(
      apart.tips.map(({ cities: names }) => names.length),
      [sizes[1], sizes[0]],
    );
    deepEqual([apart.split, apart.groups.length], [true, 2]);
    const told = await fleet.run(["fleet", "status"]);
    ok(told.out.includes("SPLIT: 2 tips"), told.out);
    equal(told.code, 3);

    equal((await fleet.run(["dev", "heal"])).code, 0);
    figures.healMs = await fleet.agree(CHAIN_BLOCKS + 5);
    const whole = await fleet.run(["fleet", "status"]);
    ok(whole.out.includes("One tip: 205 "), whole.out);
    equal(whole.code, 0);
  }
  const log = readFileSync(join(folder, "exos-regtest", "node.log"), "utf8");
  ok(log.includes('"city":"syd"'), "the first city is not named in its log");
  const againMs = performance.now();
  await using fleet = await startFleet(folder, words);
  await fleet.agree(CHAIN_BLOCKS + 5);
  figures.restartMs = performance.now() - againMs;
  figures.externalMs = await joinExternal(join(folder, "external"), fleet);
  return figures;
}

/**
 * A city outside AWS joins a fleet, answers the edge as a city that is ready on its tip, and nobody
 * else. @source cloud.md 16 (21)
 * @returns milliseconds from its start
 */
async function joinExternal(folder: string, fleet: RunningFleet): Promise<number> {
  const [tip] = (await fleet.status()).tips;
  const startedMs = performance.now();
  const words = [`--connect=${fleet.listening}`];
  await using city = await startExternalCity(folder, { words, release: "rehearsed" });
  while ((await city.readyAt())?.hash !== tip?.hash) {
    ok(performance.now() - startedMs < CONVERGE_MS_MAX, "the external city did not join");
    await sleep(50);
  }
  const joinedMs = performance.now() - startedMs;
  const answer = await city.ask("/readyz", stampOf());
  deepEqual([answer.status, answer.headers.get("x-exos-city")], [200, "nyc"]);
  const refused = await city.ask("/readyz", {});
  deepEqual([refused.status, refused.headers.get("x-exos-error")], [403, "EXOS-E4032"]);
  return joinedMs;
}
