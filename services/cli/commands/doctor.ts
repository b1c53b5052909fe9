import type { Command, CommandContext } from "#services/cli/command.ts";
import type { Check, CheckResult } from "#services/cli/doctor/check.ts";
import { CONFIG_CHECKS } from "#services/cli/doctor/config-checks.ts";
import { HOST_CHECKS } from "#services/cli/doctor/host-checks.ts";
import { KEYSTORE_CHECKS } from "#services/cli/doctor/keystore-checks.ts";
import { NODE_CHECKS } from "#services/cli/doctor/node-checks.ts";
import { PEER_CHECKS } from "#services/cli/doctor/peer-checks.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { describeFailure } from "#services/cli/failure.ts";

const MARK = { ok: "ok  ", warning: "warn", broken: "FAIL" } as const;

/** A check that cannot even look has found something too. */
async function runCheck(check: Check, { config, signal }: CommandContext): Promise<CheckResult> {
  signal.throwIfAborted();
  try {
    return await check.run(config, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const { code, message, hint = "" } = describeFailure(cause);
    return { verdict: "broken", evidence: `${code} ${message}`, fix: hint };
  }
}

export const doctor: Command = {
  name: "doctor",
  audience: "inspect",
  usage: "exos doctor",
  summary: "check this machine, the configuration and the stores; exit 1 if anything is broken",
  examples: ["doctor", "doctor --json"],
  async run(context) {
    const { json, terminal } = context;
    const { STORE_CHECKS } = await import("#services/cli/doctor/store-checks.ts");
    const results: (CheckResult & { readonly id: string })[] = [];
    const checks = [
      ...HOST_CHECKS,
      ...KEYSTORE_CHECKS,
      ...CONFIG_CHECKS,
      ...PEER_CHECKS,
      ...NODE_CHECKS,
      ...STORE_CHECKS,
    ];
    for (const check of checks) {
      const result = { id: check.id, ...(await runCheck(check, context)) };
      results.push(result);
      if (json) continue;
      terminal.out(`${MARK[result.verdict]}  ${result.id.padEnd(20)} ${result.evidence}`);
      if (result.fix !== undefined) terminal.out(`      ${"".padEnd(20)} ${result.fix}`);
    }
    if (json) terminal.out(JSON.stringify({ schema: "exos.doctor.v1", checks: results }));
    return results.some(({ verdict }) => verdict === "broken") ? EXIT.failed : EXIT.done;
  },
};
