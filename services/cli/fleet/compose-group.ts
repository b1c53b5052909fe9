import { EC2Client } from "@aws-sdk/client-ec2";
import type { CityNames } from "#regions/city-names.ts";
import { clientSettings } from "#shared/adapters/aws/aws-clients.ts";
import { emptySecurityGroup } from "#shared/adapters/aws/empty-security-group.ts";

/**
 * The group that AWS gives every network and nobody can delete: CloudFormation knows it as a name that
 * the network prints, and has no resource that would take rules out of it.
 *
 * @param place region of the network
 * @source cloud.md 8
 */
export function composeGroup({ region }: Pick<CityNames, "region">): {
  /**
   * Take all its rules away. May be repeated. It throws StoreFault when the world failed.
   *
   * @param printed by the stack of the network; nothing where there is none
   */
  empty(printed: Readonly<Record<string, string>>): Promise<void>;
} {
  return {
    async empty({ DefaultSecurityGroup: group }) {
      if (group === undefined) return;
      const client = new EC2Client({ ...clientSettings(), region });
      try {
        await emptySecurityGroup(client, group);
      } finally {
        client.destroy();
      }
    },
  };
}
