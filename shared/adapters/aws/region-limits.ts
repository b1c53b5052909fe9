import { DescribeRegionsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { awsFaultOf } from "./aws-fault.ts";

interface QuotaName {
  readonly service: string;
  readonly code: string;
}

interface Clients {
  readonly quotas: Pick<ServiceQuotasClient, "send">;
  readonly regions: Pick<EC2Client, "send">;
}

/**
 * What an account may do in one region. Each call throws StoreFault when the world failed, or the
 * credentials may not ask.
 *
 * @param clients of the region that is asked about
 */
export function createRegionLimits({ quotas, regions }: Clients) {
  return {
    /**
     * @param quota as the service of quotas writes it, such as `lambda` and `L-B99A9384`
     * @returns in the quota's own unit; `undefined` where AWS does not say
     */
    async limitOf({ service, code }: QuotaName): Promise<number | undefined> {
      const input = { ServiceCode: service, QuotaCode: code };
      try {
        const { Quota } = await quotas.send(new GetServiceQuotaCommand(input));
        return Quota?.Value;
      } catch (cause) {
        // Nobody ever asked for another value in this account.
        if (!isUnset(cause)) throw awsFaultOf(cause, `reading the quota ${service} ${code}`);
      }
      try {
        const { Quota } = await quotas.send(new GetAWSDefaultServiceQuotaCommand(input));
        return Quota?.Value;
      } catch (cause) {
        if (isUnset(cause)) return undefined;
        throw awsFaultOf(cause, `reading the quota ${service} ${code}`);
      }
    },
    /** Whether the account uses the region; some have to be asked for first. */
    async isOpen(region: string): Promise<boolean> {
      const input = { RegionNames: [region], AllRegions: true };
      try {
        const { Regions = [] } = await regions.send(new DescribeRegionsCommand(input));
        return Regions.every(({ OptInStatus }) => OptInStatus !== "not-opted-in");
      } catch (cause) {
        throw awsFaultOf(cause, `asking whether the account uses ${region}`);
      }
    },
  };
}

const isUnset = (cause: unknown): boolean =>
  cause instanceof Error && cause.name === "NoSuchResourceException";
