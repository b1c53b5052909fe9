/**
 * `node infra/localstack.ts [--install] [--json]`: an image of LocalStack 4.14.0, pulled or made, and
 * kept; with `--json` as one document on the last line, for programs that run it.
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findContainerTool } from "./image/find-container-tool.ts";
import { ImageFault } from "./image/image-fault.ts";
import { makeLocalstack } from "./image/make-localstack.ts";

const project = join(import.meta.dirname, "..");
const print = (line: string) => process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    install: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

function refuse(why: string): never {
  print(values.json ? JSON.stringify({ why }) : `no image: ${why}`);
  process.exit(3);
}

// The one entry of this program: below it, an environment is an argument.
// biome-ignore lint/style/noProcessEnv: see above
const environment = process.env;
const tool = await findContainerTool({
  environment,
  folder: join(project, "node_modules", ".cache", "exos-image"),
  install: values.install,
});
if (tool.name === undefined) refuse(tool.why);
if (!tool.runs) refuse(`${tool.name} builds images and runs none`);
try {
  const { reference, source } = await makeLocalstack(tool, { environment, onNote: print });
  print(`image   ${reference} (${source})`);
  const conf = tool.environment["CONTAINERS_CONF"];
  const settings = conf === undefined ? {} : { CONTAINERS_CONF: conf };
  const built = { tool: tool.name, runs: true, image: reference, environment: settings };
  if (values.json) print(JSON.stringify(built));
} catch (cause) {
  if (!(cause instanceof ImageFault)) throw cause;
  refuse(cause.message);
}
