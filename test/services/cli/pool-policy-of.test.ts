import { expect, it } from "vitest";
import { poolPolicyOf } from "#services/cli/pool-policy-of.ts";
import { readConfig } from "#services/cli/read-config.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";

const policyOf = (...flags: (readonly [string, string])[]) =>
  poolPolicyOf(readConfig({ flags: [["datadir", "/nowhere"], ...flags], environment: {} }));

it("is the network's own policy unless the operator says otherwise", () => {
  expect({ ...defaultPolicy(exosRegtest), ...policyOf() }).toEqual(defaultPolicy(exosRegtest));
  expect(policyOf()).not.toHaveProperty("requireStandard");
  expect(policyOf()).not.toHaveProperty("relayFeeRate");
});

it.each([
  ["maxmempool", "5", { usageMax: 5_000_000 }],
  ["mempoolexpiry", "2", { expirySeconds: 7_200 }],
  ["minrelaytxfee", "1000", { relayFeeRate: 1_000n }],
  ["acceptnonstdtxn", "0", { requireStandard: true }],
  ["acceptnonstdtxn", "1", { requireStandard: false }],
  ["limitancestorcount", "7", { ancestorCountMax: 7 }],
  ["limitancestorsize", "7", { ancestorSizeMax: 7_000 }],
  ["limitdescendantcount", "7", { descendantCountMax: 7 }],
  ["limitdescendantsize", "7", { descendantSizeMax: 7_000 }],
  ["mempoolreplacement", "0", { replacement: false }],
  ["maxorphantx", "0", { orphansMax: 0 }],
] as const)("takes %s=%s", (name, value, changed) => {
  expect(policyOf([name, value])).toMatchObject(changed);
});
