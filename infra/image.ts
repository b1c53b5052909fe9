/**
 * `node infra/image.ts [--install] [--base REFERENCE] [--name NAME] [--save FILE] [--json]`: builds
 * the image of all services with whatever tool is here, and prints what it is; with `--json` as one
 * document on the last line, for programs that run it.
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildImage } from "./image/build-image.ts";
import { findContainerTool } from "./image/find-container-tool.ts";
import { makeBase } from "./image/make-base.ts";
import { nodeOf } from "./image/node-of.ts";
import { saveImage } from "./image/save-image.ts";

const project = join(import.meta.dirname, "..");
const print = (line: string) => process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    install: { type: "boolean", default: false },
    base: { type: "string" },
    name: { type: "string", default: "localhost/exos-node:built" },
    save: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const tool = await findContainerTool({
  // The one entry of this program: below it, an environment is an argument.
  // biome-ignore lint/style/noProcessEnv: see above
  environment: process.env,
  folder: join(project, "node_modules", ".cache", "exos-image"),
  install: values.install,
});
if (tool.name === undefined) {
  print(values.json ? JSON.stringify({ why: tool.why }) : `no image: ${tool.why}`);
  process.exit(3);
}
print(`tool    ${tool.name} ${tool.version}`);
const base = await makeBase(tool, {
  ...nodeOf(project),
  registry: true,
  ...(values.base === undefined ? {} : { given: values.base }),
});
print(`base    ${base.reference} (${base.source})`);
const image = await buildImage(tool, { project, base, name: values.name });
const { files, packages } = image.contents;
print(`holds   ${files.length} files of ours, ${packages.length} packages`);
print(`image   ${image.name}, ${(image.bytes / 1e6).toFixed(0)} MB`);
print(`digest  ${image.id}`);
if (values.save !== undefined) {
  print(`saved   ${values.save}, SHA-256 ${await saveImage(tool, image.id, values.save)}`);
}
if (values.json) {
  // Who runs it with the same tool needs the settings that it was given.
  const conf = tool.environment["CONTAINERS_CONF"];
  const settings = conf === undefined ? {} : { CONTAINERS_CONF: conf };
  print(
    JSON.stringify({ tool: tool.name, runs: tool.runs, image: image.id, environment: settings }),
  );
}
