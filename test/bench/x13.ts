/**
 * `node test/bench/x13.ts [rounds]`: headers a second on one thread, as ratios to the calibration.
 * @module
 */
import { x13, x13Many } from "#shared/crypto/x13.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { calibrate } from "./calibration.ts";
import { medianSeconds, secondsOf } from "./rounds.ts";

const HEADERS = 512;
const HEADER_BYTES = 80;

/** V8 starts with its baseline compiler, at a third to a half of the speed. */
const WARM_UP_SECONDS = 1;

export interface X13Figures {
  /** Headers a second, in batches of 512 and one by one. */
  readonly batch: number;
  readonly oneByOne: number;
  readonly calibration: number;
  /** Bar: 4.5. The C code of npm multi-hashing reached 3.0. */
  readonly batchRatio: number;
  readonly oneByOneRatio: number;
}

/** Medians of interleaved rounds, about 40 ms each. */
export function benchX13(rounds = 15): X13Figures {
  const headers = createSeededRandom(1).bytes(HEADERS * HEADER_BYTES);
  const calibration = calibrate();
  const cases = {
    batch: () => {
      x13Many(headers);
    },
    oneByOne: () => {
      for (let at = 0; at < headers.length; at += HEADER_BYTES) {
        x13(headers.subarray(at, at + HEADER_BYTES));
      }
    },
    calibration: () => calibration.round(),
  };
  for (let warm = 0; warm < WARM_UP_SECONDS; ) warm += secondsOf(cases.batch);
  const seconds = medianSeconds(cases, rounds);
  const perSecond = calibration.verificationsPerSecond;
  return {
    batch: HEADERS / seconds.batch,
    oneByOne: HEADERS / seconds.oneByOne,
    calibration: perSecond,
    batchRatio: HEADERS / seconds.batch / perSecond,
    oneByOneRatio: HEADERS / seconds.oneByOne / perSecond,
  };
}

if (import.meta.main) {
  const { batch, oneByOne, calibration, batchRatio, oneByOneRatio } = benchX13(
    Number(process.argv[2] ?? 15),
  );
  const row = (name: string, perSecond: number, ratio: number): void => {
    const figure = Math.round(perSecond).toLocaleString("en").padStart(9);
    process.stdout.write(`${name.padEnd(24)} ${figure} /s ${ratio.toFixed(2).padStart(6)}\n`);
  };
  row("X13 in batches", batch, batchRatio);
  row("X13 one by one", oneByOne, oneByOneRatio);
  row("calibration", calibration, 1);
}
