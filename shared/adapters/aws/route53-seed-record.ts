import { ChangeResourceRecordSetsCommand, type Route53Client } from "@aws-sdk/client-route-53";
import type { SeedRecord } from "#shared/ports/peer-task.ts";
import { awsFaultOf } from "./aws-fault.ts";

const TTL_SECONDS = 60;

/** An A record in one zone. @param options `name` such as `syd.seed.exos.example` */
export function createRoute53SeedRecord({
  client,
  zone,
  name,
}: {
  readonly client: Pick<Route53Client, "send">;
  readonly zone: string;
  readonly name: string;
}): SeedRecord {
  return {
    async point(addresses) {
      const record = {
        Name: name,
        Type: "A" as const,
        TTL: TTL_SECONDS,
        ResourceRecords: addresses.map((Value) => ({ Value })),
      };
      const Changes = [{ Action: "UPSERT", ResourceRecordSet: record } as const];
      try {
        const ChangeBatch = { Changes };
        await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch }));
      } catch (cause) {
        throw awsFaultOf(cause, `pointing ${name} at ${addresses.join(", ")}`);
      }
    },
  };
}
