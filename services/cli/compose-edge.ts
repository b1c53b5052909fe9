import { CloudFormationClient, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import {
  CloudFrontKeyValueStoreClient,
  type CloudFrontKeyValueStoreClientConfig,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
import { SSMClient } from "@aws-sdk/client-ssm";
import { LOCAL_CITY, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { localSettings, makeStack } from "#services/cli/compose-local.ts";
import type { RotationDeps, SecretPlace } from "#services/cli/fleet/rotate-secret.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { createEdgeEntry } from "#shared/adapters/aws/edge-entry.ts";
import { createSsmRotatingSecret } from "#shared/adapters/aws/ssm-rotating-secret.ts";
import { EDGE_KEY, EDGE_KEY_NEXT } from "#shared/fleet/edge-stamp.ts";

/** As much of an edge as its key is rotated with. Its store goes with it. */
export interface LocalEdge extends AsyncDisposable {
  readonly checker: SecretPlace;
  readonly signer: RotationDeps["signer"];
}

const STACK = "exos-local-edge-store";
const TEMPLATE = JSON.stringify({
  Resources: { Store: { Type: "AWS::CloudFront::KeyValueStore", Properties: { Name: STACK } } },
  Outputs: { Arn: { Value: { "Fn::GetAtt": ["Store", "Arn"] } } },
});

/**
 * A store as the edge has one, at an endpoint on this machine, and the city's parameters beside it.
 *
 * @throws StoreFault where the endpoint has no such store
 */
export async function composeEdge(endpoint: LocalEndpoint): Promise<LocalEdge> {
  const settings = localSettings(endpoint);
  const stacks = new CloudFormationClient(settings);
  const parameters = new SSMClient(settings);
  const store = storeAt(settings);
  const asked = async <Answer>(doing: string, ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask();
    } catch (cause) {
      throw awsFaultOf(cause, doing);
    }
  };
  const made = await asked("making an edge's store", () => makeStack(stacks, STACK, TEMPLATE));
  const arn = String(made?.Outputs?.[0]?.OutputValue);
  const place = { path: LOCAL_CITY.secrets, name: EDGE_KEY, nextName: EDGE_KEY_NEXT };
  return {
    checker: {
      name: LOCAL_CITY.code,
      ...createSsmRotatingSecret({ client: parameters, ...place }),
    },
    signer: createEdgeEntry({ store, arn, key: EDGE_KEY }),
    async [Symbol.asyncDispose]() {
      await asked("removing an edge's store", () =>
        stacks.send(new DeleteStackCommand({ StackName: STACK })),
      );
      for (const client of [stacks, parameters, store]) client.destroy();
    },
  };
}

/** Its client writes the account before the endpoint's name, which is none of this machine's then. */
function storeAt(settings: CloudFrontKeyValueStoreClientConfig & { readonly endpoint: string }) {
  const { hostname } = new URL(settings.endpoint);
  const endpoint = settings.endpoint.replace(hostname, "localhost");
  const client = new CloudFrontKeyValueStoreClient({ ...settings, endpoint });
  client.middlewareStack.add(
    (next) => (sent) => {
      if (isRequest(sent.request)) sent.request.hostname = hostname;
      return next(sent);
    },
    { step: "build", name: "exosLocalName" },
  );
  return client;
}

function isRequest(request: unknown): request is { hostname: string } {
  return typeof request === "object" && request !== null && "hostname" in request;
}
