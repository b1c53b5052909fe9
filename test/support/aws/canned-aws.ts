import type { CityNames } from "#regions/city-names.ts";
import type { CannedAnswer, CannedAnswers } from "./traced-endpoint.ts";

/** How the peer process of a city looks to its cluster. */
export interface CannedTask {
  running: number;
  /** When its deployment began, in seconds. */
  since: number;
}

/** Key of the edge's stamps, under either of its names. */
export const CANNED_EDGE_KEY = "00".repeat(32);
const INTERFACE = "eni-00000000000000001";

const json = (value: unknown): CannedAnswer => ({
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify(value),
});
const xml = (body: string): CannedAnswer => ({ headers: { "content-type": "text/xml" }, body });

/**
 * Answers of the services that no endpoint in this process knows, in the shapes of their public
 * references: ECS and the addresses of its tasks, Route 53, the edge's store, secrets.
 */
export function cannedAws(
  { region, account, cluster, service }: CityNames,
  task: CannedTask,
): CannedAnswers {
  const taskArn = `arn:aws:ecs:${region}:${account}:task/${cluster}/00000000000000000000000000000001`;
  return {
    "ecs:DescribeServices": () =>
      json({
        services: [
          {
            serviceName: service,
            status: "ACTIVE",
            runningCount: task.running,
            capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
            deployments: [{ status: "PRIMARY", createdAt: task.since }],
          },
        ],
      }),
    "ecs:UpdateService": () => json({ service: { serviceName: service } }),
    "ecs:ListTasks": () => json({ taskArns: [taskArn] }),
    "ecs:DescribeTasks": () =>
      json({
        tasks: [
          {
            taskArn,
            lastStatus: "RUNNING",
            attachments: [{ details: [{ name: "networkInterfaceId", value: INTERFACE }] }],
          },
        ],
      }),
    "ec2:DescribeNetworkInterfaces": () =>
      xml(
        `<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><networkInterfaceSet><item><networkInterfaceId>${INTERFACE}</networkInterfaceId><association><publicIp>192.0.2.9</publicIp></association></item></networkInterfaceSet></DescribeNetworkInterfacesResponse>`,
      ),
    "route53:ChangeResourceRecordSets": () =>
      xml(
        '<ChangeResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status><SubmittedAt>2026-11-22T00:00:00Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>',
      ),
    "cloudfront-keyvaluestore:GetKey": () =>
      json({ Key: "k", Value: "", ItemCount: 1, TotalSizeInBytes: 1 }),
    "cloudfront-keyvaluestore:DescribeKeyValueStore": () => ({
      ...json({ ItemCount: 1, TotalSizeInBytes: 1, KvsARN: "arn", Created: 0 }),
      headers: { "content-type": "application/json", etag: "E1" },
    }),
    "cloudfront-keyvaluestore:UpdateKeys": () => ({
      ...json({ ItemCount: 1, TotalSizeInBytes: 1 }),
      headers: { "content-type": "application/json", etag: "E2" },
    }),
    "ssm:GetParameter": () => json({ Parameter: { Value: CANNED_EDGE_KEY } }),
  };
}
