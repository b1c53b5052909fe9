import { describe, expect, it } from "vitest";
import { accountWanted, judgeAccount } from "#services/cli/fleet/judge-account.ts";

const OURS = "111122223333";
const THEIRS = "444455556666";
const wanted = { fleet: "prod", deployment: { accounts: { prod: OURS, test: THEIRS } } } as const;
const judge = (found: string | undefined) =>
  judgeAccount({ fleet: "prod", account: accountWanted(wanted) }, found);

describe("whose credentials these are", () => {
  it("is the account of the environment", () => {
    expect(judge(OURS)).toBe(OURS);
  });

  it.each([
    ["of another environment", THEIRS],
    ["of nobody", undefined],
  ])("is told where they are %s, with what is wanted", (_, found) => {
    const message = `these credentials are of the account ${found ?? "nobody"}: prod stands in ${OURS}`;
    expect(() => judge(found)).toThrow(expect.objectContaining({ code: "EXOS-E8009", message }));
  });

  it("is not asked of an account that lost its quotes", () => {
    const accounts = JSON.parse(`{"prod":${OURS}}`);
    expect(() => accountWanted({ fleet: "prod", deployment: { accounts } })).toThrow(
      expect.objectContaining({ code: "EXOS-E8004" }),
    );
  });

  it("is not asked before there is one to compare with", () => {
    expect(() => accountWanted({ ...wanted, fleet: "local" })).toThrow(
      expect.objectContaining({
        code: "EXOS-E8004",
        message: "regions/deployment.ts names no account: accounts.local, twelve digits in quotes",
      }),
    );
  });
});
