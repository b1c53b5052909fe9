import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { awsFaultOf } from "./aws-fault.ts";

/** A secret that is in use, and beside it perhaps the one that takes its place. */
export interface RotatingSecret {
  next(): Promise<string | undefined>;
  setNext(value: string): Promise<void>;
  /** Make it the one in use, and forget the next. May be repeated. */
  promote(value: string): Promise<void>;
}

/**
 * Both as SecureStrings below a city's path, which its functions read there. No fault names a value.
 *
 * @param options `path` as `EXOS_SECRETS` has it; `name` and `nextName` below it
 * @source cloud.md 9.3
 */
export function createSsmRotatingSecret(options: {
  readonly client: Pick<SSMClient, "send">;
  readonly path: string;
  readonly name: string;
  readonly nextName: string;
}): RotatingSecret {
  const { client } = options;
  const Name = `${options.path}/${options.name}`;
  const nextName = `${options.path}/${options.nextName}`;
  async function put(name: string, Value: string): Promise<void> {
    const command = { Name: name, Value, Type: "SecureString", Overwrite: true } as const;
    try {
      await client.send(new PutParameterCommand(command));
    } catch (cause) {
      throw awsFaultOf(cause, `writing the parameter ${name}`);
    }
  }
  return {
    async next() {
      try {
        const command = new GetParameterCommand({ Name: nextName, WithDecryption: true });
        return (await client.send(command)).Parameter?.Value;
      } catch (cause) {
        if (cause instanceof ParameterNotFound) return undefined;
        throw awsFaultOf(cause, `reading the parameter ${nextName}`);
      }
    },
    setNext: (value) => put(nextName, value),
    async promote(value) {
      await put(Name, value);
      try {
        await client.send(new DeleteParameterCommand({ Name: nextName }));
      } catch (cause) {
        if (cause instanceof ParameterNotFound) return;
        throw awsFaultOf(cause, `removing the parameter ${nextName}`);
      }
    },
  };
}
