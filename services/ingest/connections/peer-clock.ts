/** An outbound peer was chosen by us, so it speaks louder. @source exos-l1.md 7.9 */
const OUTBOUND_WEIGHT = 3;
const OUTBOUND_MIN = 4;
const OFFSET_MAX_SECONDS = 1_500;
const SAMPLES_MAX = 200;

interface Sample {
  readonly source: string;
  readonly offsetSeconds: number;
  readonly outbound: boolean;
}

/** What the peers' clocks say of ours. */
export interface PeerTime {
  /** What is to be added to our clock. */
  readonly offsetSeconds: number;
  /** The peers disagree by more than may be corrected: our clock, or all of theirs, is wrong. */
  readonly tooFar: boolean;
}

/**
 * The median of how far the peers' clocks are ahead of ours, one sample for each address, 200 of
 * the latest. Before four peers that we dialled have spoken it says nothing; over 1,500 s it is no
 * correction but a fault.
 * @source exos-l1.md 7.9
 */
export class PeerClock {
  readonly #samples = new Map<string, Sample>();

  add(sample: Sample): void {
    this.#samples.delete(sample.source);
    this.#samples.set(sample.source, sample);
    const [oldest] = this.#samples.keys();
    if (this.#samples.size > SAMPLES_MAX && oldest !== undefined) this.#samples.delete(oldest);
  }

  read(): PeerTime {
    const samples = [...this.#samples.values()];
    const outbound = samples.filter((sample) => sample.outbound).length;
    if (outbound < OUTBOUND_MIN) return { offsetSeconds: 0, tooFar: false };
    const weighted = samples
      .flatMap(({ offsetSeconds, outbound: strong }) =>
        Array<number>(strong ? OUTBOUND_WEIGHT : 1).fill(offsetSeconds),
      )
      .sort((a, b) => a - b);
    const median = weighted[weighted.length >> 1] ?? 0;
    const tooFar = Math.abs(median) > OFFSET_MAX_SECONDS;
    return { offsetSeconds: tooFar ? 0 : median, tooFar };
  }

  /** The median itself, however far, for whoever checks the host; `undefined`: too few peers. */
  median(): number | undefined {
    const offsets = [...this.#samples.values()].map(({ offsetSeconds }) => offsetSeconds);
    return offsets.sort((a, b) => a - b)[offsets.length >> 1];
  }
}
