import type { EC2Client } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { emptySecurityGroup } from "#shared/adapters/aws/empty-security-group.ts";
import { cannedClient } from "../../support/aws/canned-client.ts";

const GROUP = "sg-0123456789abcdef0";
/** As AWS gives it to every network, and tells of it. */
const OWN = { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: GROUP, UserId: "111122223333" }] };
const ALL = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const NOTHING = { PrefixListIds: [], Ipv6Ranges: [] };

/** A group that loses what is revoked of it, if all that is said of it is true. */
function groupOf(inwards: readonly object[], outwards: readonly object[]) {
  const rules = { IpPermissions: inwards, IpPermissionsEgress: outwards };
  return cannedClient<EC2Client>({
    DescribeSecurityGroups: () => ({ SecurityGroups: [{ ...rules }] }),
    RevokeSecurityGroupIngress() {
      rules.IpPermissions = [];
    },
    RevokeSecurityGroupEgress() {
      rules.IpPermissionsEgress = [];
    },
  });
}

describe("a security group that is emptied", () => {
  it("loses every rule, each by what it says, and is then left alone", async () => {
    const { client, asked } = groupOf(
      [{ ...OWN, ...NOTHING, IpRanges: [] }],
      [{ ...ALL, ...NOTHING }],
    );
    expect(await emptySecurityGroup(client, GROUP)).toBe(2);
    expect(asked.slice(1)).toEqual([
      ["RevokeSecurityGroupIngress", { GroupId: GROUP, IpPermissions: [OWN] }],
      ["RevokeSecurityGroupEgress", { GroupId: GROUP, IpPermissions: [ALL] }],
    ]);
    expect(await emptySecurityGroup(client, GROUP)).toBe(0);
    expect(asked.slice(3).map(([name]) => name)).toEqual(["DescribeSecurityGroups"]);
  });

  it("is not asked to lose what it does not have", async () => {
    const { client, asked } = groupOf([], [ALL]);
    expect(await emptySecurityGroup(client, GROUP)).toBe(1);
    expect(asked.map(([name]) => name)).toEqual([
      "DescribeSecurityGroups",
      "RevokeSecurityGroupEgress",
    ]);
  });

  it("that nobody may change is a fault that names it", async () => {
    const { client } = cannedClient<EC2Client>({
      DescribeSecurityGroups: () => {
        throw Object.assign(new Error("no"), { name: "UnauthorizedOperation" });
      },
    });
    await expect(emptySecurityGroup(client, GROUP)).rejects.toThrow(GROUP);
  });
});
