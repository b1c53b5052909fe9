import { DescribeRegionsCommand } from "@aws-sdk/client-ec2";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
} from "@aws-sdk/client-service-quotas";
import { describe, expect, it } from "vitest";
import { createRegionLimits } from "#shared/adapters/aws/region-limits.ts";

type Clients = Parameters<typeof createRegionLimits>[0];
const refusal = (name: string) => Object.assign(new Error("said so"), { name });
/** Answers of AWS: a value, the name of an error, or nothing. */
type Answer = number | string | undefined;

function limitsOf(applied: Answer, standard: Answer, status?: string) {
  const quota = (answer: Answer) => {
    if (typeof answer === "string") throw refusal(answer);
    return { Quota: { Value: answer } };
  };
  const send = async (command: unknown) => {
    if (command instanceof GetServiceQuotaCommand) return quota(applied);
    if (command instanceof GetAWSDefaultServiceQuotaCommand) return quota(standard);
    if (!(command instanceof DescribeRegionsCommand)) throw new Error("not expected");
    if (status === undefined) throw refusal("UnauthorizedOperation");
    return { Regions: [{ OptInStatus: status }] };
  };
  // The three requests above are all that it makes.
  const client = { send } as unknown as Clients["quotas"] & Clients["regions"];
  return createRegionLimits({ quotas: client, regions: client });
}

const NOWHERE = ["NoSuchResourceException", "NoSuchResourceException"] as const;

describe("a limit of an account in a region", () => {
  const ASKED = { service: "lambda", code: "L-B99A9384" };
  it.each<readonly [string, Answer, Answer, number | undefined]>([
    ["is what the account has", 10, 1_000, 10],
    ["is everybody's where nobody asked for another", "NoSuchResourceException", 1_000, 1_000],
    ["is unknown where AWS knows no such quota", ...NOWHERE, undefined],
  ])("%s", async (_, applied, standard, found) => {
    expect(await limitsOf(applied, standard).limitOf(ASKED)).toBe(found);
  });

  it.each<readonly [Answer, Answer, string]>([
    ["AccessDeniedException", 1, "EXOS-E8104"],
    ["NoSuchResourceException", "ServiceException", "EXOS-E8100"],
  ])("is a fault where it may not be read: %s, %s", async (applied, standard, code) => {
    const asked = limitsOf(applied, standard).limitOf(ASKED);
    await expect(asked).rejects.toMatchObject({ name: "StoreFault", code });
  });
});

describe("a region", () => {
  it.each([
    ["opt-in-not-required", true],
    ["opted-in", true],
    ["not-opted-in", false],
  ])("that is %s is open: %s", async (status, open) => {
    expect(await limitsOf(1, 1, status).isOpen("eu-west-2")).toBe(open);
  });

  it("that nobody may ask about is a fault", async () => {
    const asked = limitsOf(1, 1).isOpen("eu-west-2");
    await expect(asked).rejects.toMatchObject({ name: "StoreFault", code: "EXOS-E8104" });
  });
});
