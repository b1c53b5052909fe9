import type { PolicyError } from "#shared/consensus/policy/policy-error.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** Most that are remembered; the oldest are forgotten first. */
const COUNT_MAX = 50_000;

/**
 * Why transactions were refused, until the tip changes: what is bad on one tip may be right on the
 * next. @source MempoolOrphans.cs (EXOSFullNode e61c2e61); exos-l1.md 6.3
 */
export class RecentRejects {
  readonly #errors = new Map<HashHex, PolicyError>();

  get(txid: HashHex): PolicyError | undefined {
    return this.#errors.get(txid);
  }

  add(txid: HashHex, error: PolicyError): void {
    this.#errors.set(txid, error);
    if (this.#errors.size <= COUNT_MAX) return;
    const [oldest] = this.#errors.keys();
    if (oldest !== undefined) this.#errors.delete(oldest);
  }

  forget(): void {
    this.#errors.clear();
  }
}
