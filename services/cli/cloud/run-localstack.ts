/**
 * `run-localstack.ts IMAGE NAME PORT`: starts LocalStack in a container of this name that goes on when
 * this ends. A program of its own, since testcontainers reads from the
 * environment of its process where the containers are.
 * @module
 */
import { LocalstackContainer } from "@testcontainers/localstack";

const HOST = "127.0.0.1";
/** In the container. */
const GATEWAY = 4566;
/** Java and a hundred packages of Python, on a busy machine. */
const START_MS_MAX = 240_000;

/** Reached from this machine alone, at a port that it is told to name in its answers. */
class LocalLocalstack extends LocalstackContainer {
  constructor(image: string, port: number) {
    super(image);
    this.withEnvironment({
      LOCALSTACK_HOST: `${HOST}:${port}`,
      // Where clients reach the queues: at the endpoint itself, and no name is looked up.
      SQS_ENDPOINT_STRATEGY: "path",
      PROVIDER_OVERRIDE_DYNAMODB: "v2",
      DYNAMODB_IN_MEMORY: "1",
      DISABLE_EVENTS: "1",
    }).withStartupTimeout(START_MS_MAX);
    const at = { HostIp: HOST, HostPort: String(port) };
    this.hostConfig.PortBindings = { [`${GATEWAY}/tcp`]: [at] };
    // Debian's podman has no init to put before it.
    this.hostConfig.Init = false;
  }
}

const [, , image = "", name = "", port = ""] = process.argv;
await new LocalLocalstack(image, Number(port)).withName(name).start();
