import {
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { awsFaultOf } from "./aws-fault.ts";

type Client = Pick<EC2Client, "send">;

/** A rule as it is given back: what is empty in it names nothing, and is left out. */
function ruleOf(rule: IpPermission): IpPermission {
  const isSaid = ([, value]: readonly [string, unknown]) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined;
  return Object.fromEntries(Object.entries(rule).filter(isSaid));
}

/**
 * Take every rule of a security group away, so that whatever is put into it by mistake reaches nobody
 * and is reached by nobody. May be repeated.
 *
 * @returns how many there were
 * @throws StoreFault when the world failed
 * @source AWS Security Hub, EC2.2
 */
export async function emptySecurityGroup(client: Client, GroupId: string): Promise<number> {
  try {
    const found = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
    const [{ IpPermissions = [], IpPermissionsEgress = [] } = {}] = found.SecurityGroups ?? [];
    const inwards = { GroupId, IpPermissions: IpPermissions.map(ruleOf) };
    const outwards = { GroupId, IpPermissions: IpPermissionsEgress.map(ruleOf) };
    if (IpPermissions.length > 0) {
      await client.send(new RevokeSecurityGroupIngressCommand(inwards));
    }
    if (IpPermissionsEgress.length > 0) {
      await client.send(new RevokeSecurityGroupEgressCommand(outwards));
    }
    return IpPermissions.length + IpPermissionsEgress.length;
  } catch (cause) {
    throw awsFaultOf(cause, `emptying the security group ${GroupId}`);
  }
}
