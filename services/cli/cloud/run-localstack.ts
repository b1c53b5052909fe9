/**
 * `run-localstack.ts IMAGE NAME PORT [FUNCTIONS]`: starts LocalStack in a container of this name that
 * goes on when this ends; with what it needs to run functions, as JSON, where it is to run them. A
 * program of its own, since testcontainers reads from the environment of its process where the
 * containers are.
 * @module
 */
import { LocalstackContainer } from "@testcontainers/localstack";
import {
  LOCALSTACK_FUNCTIONS,
  type LocalstackFunctions,
} from "#services/cli/cloud/localstack-functions.ts";

const HOST = "127.0.0.1";
/** In the container. */
const GATEWAY = 4566;
/** Java and a hundred packages of Python, on a busy machine. */
const START_MS_MAX = 240_000;
/** Where LocalStack 4.14.0 looks for what it starts in the container of a function. */
const AGENT = "/var/lib/localstack/lib/lambda-runtime/v0.1.41-pre/x86_64/var/rapid/init";
const RUNTIME = "nodejs24.x";
/** Says each call of a function, and what it wrote. */
const CALLS_LOGGER = "localstack.services.lambda_.invocation.version_manager";

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

  /** Each in a container of its own, beside this one. */
  withFunctions({ socket, own }: LocalstackFunctions): this {
    this.withEnvironment({
      OVERRIDE_IN_DOCKER: "1",
      // What is bundled runs on any processor.
      LAMBDA_IGNORE_ARCHITECTURE: "1",
      // A queue is asked again after so long, an idle one too: a block must not wait ten seconds.
      LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC: "0.25",
      LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC: "0.5",
      // Its log has each call, and little else: without the first, no logger is heard below INFO.
      DEBUG: "1",
      LOG_LEVEL_OVERRIDES: `localstack=INFO,plux=INFO,${CALLS_LOGGER}=DEBUG`,
      ...(own && { LAMBDA_RUNTIME_IMAGE_MAPPING: JSON.stringify({ [RUNTIME]: own.runtime }) }),
    });
    return this.withBindMounts([
      { source: socket, target: "/var/run/docker.sock" },
      ...(own === undefined ? [] : [{ source: own.agent, target: AGENT, mode: "ro" as const }]),
    ]);
  }
}

const [, , image = "", name = "", port = "", functions] = process.argv;
const container = new LocalLocalstack(image, Number(port)).withName(name);
if (functions !== undefined) {
  container.withFunctions(LOCALSTACK_FUNCTIONS.parse(JSON.parse(functions)));
}
await container.start();
