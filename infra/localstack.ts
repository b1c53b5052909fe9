/**
 * `node infra/localstack.ts [--install] [--functions] [--json]`: an image of LocalStack 4.14.0, pulled
 * or made, and kept; with `--functions` also what it needs to run functions in containers, where its
 * makers' own is not at hand; with `--json` as one document on the last line, for programs that run it.
 * @module
 */
import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ContainerTool } from "./image/container-tool.ts";
import { findContainerTool } from "./image/find-container-tool.ts";
import { ImageFault, outputOf } from "./image/image-fault.ts";
import { makeBase } from "./image/make-base.ts";
import { makeLocalstack } from "./image/make-localstack.ts";
import { nodeOf } from "./image/node-of.ts";
import { print } from "./print.ts";

const project = join(import.meta.dirname, "..");
const folder = join(project, "node_modules", ".cache", "exos-image");
const { values } = parseArgs({
  options: {
    install: { type: "boolean", default: false },
    functions: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

/** @param failed whether it was tried: not where nothing here runs containers */
function refuse(why: string, failed = false): never {
  print(values.json ? JSON.stringify({ why, failed }) : `no image: ${why}`);
  process.exit(failed ? 1 : 3);
}

/** What is started in the container of a function has to be a program. */
function layOutAgent(): string {
  mkdirSync(folder, { recursive: true });
  const agent = join(folder, "localstack-init");
  copyFileSync(join(project, "infra", "image", "localstack-init.mjs"), agent);
  chmodSync(agent, 0o755);
  return agent;
}

/** An image with Node by a name: LocalStack pulls what functions run in, and knows no identifiers. */
async function nameRuntime(tool: ContainerTool): Promise<string> {
  const { reference } = await makeBase(tool, { ...nodeOf(project), registry: true });
  const name = `localhost/exos-functions:${reference.replace(/^sha256:/, "").slice(0, 16)}`;
  outputOf(`naming ${reference}`, await tool.run(["tag", reference, name]));
  return name;
}

// The one entry of this program: below it, an environment is an argument.
// biome-ignore lint/style/noProcessEnv: see above
const environment = process.env;
const tool = await findContainerTool({
  environment,
  folder,
  install: values.install,
});
if (tool.name === undefined) refuse(tool.why);
if (!tool.runs) refuse(`${tool.name} builds images and runs none`);
try {
  const { reference, source } = await makeLocalstack(tool, { environment, onNote: print });
  print(`image   ${reference} (${source})`);
  const conf = tool.environment["CONTAINERS_CONF"];
  const settings = conf === undefined ? {} : { CONTAINERS_CONF: conf };
  const isOurs = values.functions && source !== "registry" && !reference.startsWith("docker.io/");
  const functions = isOurs
    ? {
        agent: layOutAgent(),
        runtime: await nameRuntime(tool),
      }
    : undefined;
  const built = {
    ...{ tool: tool.name, runs: true, image: reference, environment: settings },
    functions,
  };
  if (values.json) print(JSON.stringify(built));
} catch (cause) {
  if (!(cause instanceof ImageFault)) throw cause;
  refuse(cause.message, true);
}
