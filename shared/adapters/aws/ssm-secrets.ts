import { GetParameterCommand, ParameterNotFound, type SSMClient } from "@aws-sdk/client-ssm";
import type { Secrets } from "#shared/ports/secrets.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** Secrets as SecureStrings below one path. @param options `path` as `EXOS_SECRETS` has it */
export function createSsmSecrets({
  client,
  path,
}: {
  readonly client: Pick<SSMClient, "send">;
  readonly path: string;
}): Secrets {
  return {
    async get(name) {
      const Name = `${path}/${name}`;
      try {
        const command = new GetParameterCommand({ Name, WithDecryption: true });
        return (await client.send(command)).Parameter?.Value;
      } catch (cause) {
        if (cause instanceof ParameterNotFound) return undefined;
        throw awsFaultOf(cause, `reading the parameter ${Name}`);
      }
    },
  };
}
