import {
  type CloudFormationClient,
  CreateStackCommand,
  type Stack,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { LOCAL_REGION, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { trustCertificate } from "#services/cli/cloud/trust-certificate.ts";
import { clientSettings } from "#shared/adapters/aws/aws-clients.ts";
import { type AwsCaller, sendSigned } from "#shared/adapters/aws/signed-request.ts";

const CREATE_SECONDS_MAX = 60;

/**
 * Settings of a client that knows an endpoint on this machine alone: nothing of the operator's
 * environment is read.
 *
 * @param requestMs of one attempt
 */
export function localSettings({ url, certificate }: LocalEndpoint, requestMs?: number) {
  trustCertificate(certificate);
  return {
    ...clientSettings(requestMs),
    endpoint: url,
    region: LOCAL_REGION,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
}

/** One request to CloudWatch Logs, whose client nothing else wants. @returns its answer, JSON */
export function askLogs(
  caller: AwsCaller,
  action: string,
  request: object,
  requestMs?: number,
): Promise<string> {
  const asked = {
    service: "logs",
    contentType: "application/x-amz-json-1.1",
    target: `Logs_20140328.${action}`,
    body: JSON.stringify(request),
    ...(requestMs !== undefined && { requestMs }),
  };
  return sendSigned(asked, caller);
}

/** Make a stack, to the end. */
export async function makeStack(
  client: CloudFormationClient,
  StackName: string,
  TemplateBody: string,
): Promise<Stack | undefined> {
  await client.send(new CreateStackCommand({ StackName, TemplateBody }));
  const waiting = { client, maxWaitTime: CREATE_SECONDS_MAX, minDelay: 1, maxDelay: 1 };
  const { reason } = await waitUntilStackCreateComplete(waiting, { StackName });
  return reason.Stacks?.[0];
}
