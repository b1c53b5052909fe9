/**
 * `node infra/image.ts [--install] [--base REFERENCE] [--name NAME] [--platforms linux/arm64,…]
 * [--oci FOLDER] [--save FILE] [--json]`: builds the image of all services with whatever tool is
 * here, for this host unless told otherwise, and prints what it is: as a layout for registries, as
 * an archive for machines that pull from none, and with `--json` as one document on the last line.
 * @module
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildImage } from "./image/build-image.ts";
import { findContainerTool } from "./image/find-container-tool.ts";
import { makeBase } from "./image/make-base.ts";
import { nodeOf } from "./image/node-of.ts";
import { HOST_PLATFORM, type Platform, parsePlatforms } from "./image/platform.ts";
import { saveImage } from "./image/save-image.ts";
import { writeOciLayout } from "./image/write-oci-layout.ts";

const project = join(import.meta.dirname, "..");
const print = (line: string) => process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    install: { type: "boolean", default: false },
    base: { type: "string" },
    name: { type: "string", default: "localhost/exos-node:built" },
    platforms: { type: "string", default: HOST_PLATFORM },
    oci: { type: "string" },
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
const images = new Map<Platform, string>();
for (const platform of parsePlatforms(values.platforms)) {
  const base = await makeBase(tool, {
    ...nodeOf(project),
    registry: true,
    platform,
    ...(values.base === undefined ? {} : { given: values.base }),
  });
  print(`base    ${base.reference} (${base.source})`);
  const name = platform === HOST_PLATFORM ? values.name : `${values.name}-foreign`;
  const image = await buildImage(tool, { project, base, name, platform });
  const { files, packages } = image.contents;
  print(`holds   ${files.length} files of ours, ${packages.length} packages`);
  print(`image   ${image.name} for ${platform}, ${(image.bytes / 1e6).toFixed(0)} MB`);
  print(`digest  ${image.id}`);
  images.set(platform, image.id);
}
/** What a machine beside AWS runs, where it was built. */
const [archived = HOST_PLATFORM] = [...images.keys()].toSorted();
const image = images.get(HOST_PLATFORM) ?? images.get(archived) ?? "";
const oci = values.oci === undefined ? undefined : await writeOciLayout(tool, images, values.oci);
if (oci !== undefined) print(`layout  ${values.oci}, ${oci.digest}`);
let archive: object | undefined;
if (values.save !== undefined) {
  const sha256 = await saveImage(tool, images.get(archived) ?? "", values.save);
  archive = { sha256, bytes: statSync(values.save).size, platform: archived };
  print(`saved   ${values.save} for ${archived}, SHA-256 ${sha256}`);
}
if (values.json) {
  // Who runs it with the same tool needs the settings that it was given.
  const conf = tool.environment["CONTAINERS_CONF"];
  const settings = conf === undefined ? {} : { CONTAINERS_CONF: conf };
  print(
    JSON.stringify({
      ...{ tool: tool.name, runs: tool.runs, image, environment: settings },
      ...{ oci, archive },
    }),
  );
}
