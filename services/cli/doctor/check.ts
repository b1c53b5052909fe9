import type { Config } from "#services/cli/read-config.ts";

export type CheckVerdict = "ok" | "warning" | "broken";

/** What one check found: evidence that a person can verify, and what to do about it. */
export interface CheckResult {
  readonly verdict: CheckVerdict;
  readonly evidence: string;
  readonly fix?: string;
}

export interface Check {
  /** Stable name, `<group>-<subject>`. */
  readonly id: string;
  /** @param signal ends the waiting for a node */
  run(config: Config, signal: AbortSignal): Promise<CheckResult>;
}

export const ok = (evidence: string): CheckResult => ({ verdict: "ok", evidence });
export const warning = (evidence: string, fix: string): CheckResult => ({
  verdict: "warning",
  evidence,
  fix,
});
export const broken = (evidence: string, fix: string): CheckResult => ({
  verdict: "broken",
  evidence,
  fix,
});
