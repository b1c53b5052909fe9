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
import type { ContainerTool } from "./image/container-tool.ts";
import { findContainerTool } from "./image/find-container-tool.ts";
import { ImageFault } from "./image/image-fault.ts";
import { makeBase } from "./image/make-base.ts";
import { nodeOf } from "./image/node-of.ts";
import { HOST_PLATFORM, type Platform, parsePlatforms } from "./image/platform.ts";
import { saveImage } from "./image/save-image.ts";
import { writeOciLayout } from "./image/write-oci-layout.ts";
import { print } from "./print.ts";

const project = join(import.meta.dirname, "..");
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
try {
  await pack(tool, await buildAll(tool));
} catch (cause) {
  if (!(cause instanceof ImageFault)) throw cause;
  print(values.json ? JSON.stringify({ why: cause.message }) : `no image: ${cause.message}`);
  process.exit(1);
}

/** The image of each platform that is asked for. */
async function buildAll(builder: ContainerTool): Promise<ReadonlyMap<Platform, string>> {
  const images = new Map<Platform, string>();
  for (const platform of parsePlatforms(values.platforms)) {
    const base = await makeBase(builder, {
      ...nodeOf(project),
      registry: true,
      platform,
      ...(values.base === undefined ? {} : { given: values.base }),
    });
    print(`base    ${base.reference} (${base.source})`);
    const name = platform === HOST_PLATFORM ? values.name : `${values.name}-foreign`;
    const image = await buildImage(builder, { project, base, name, platform });
    const { files, packages } = image.contents;
    print(`holds   ${files.length} files of ours, ${packages.length} packages`);
    print(`image   ${image.name} for ${platform}, ${(image.bytes / 1e6).toFixed(0)} MB`);
    print(`digest  ${image.id}`);
    images.set(platform, image.id);
  }
  return images;
}

/** Write it as it is wanted, and say what it is. */
async function pack(builder: ContainerTool, images: ReadonlyMap<Platform, string>): Promise<void> {
  // What a machine beside AWS runs, where it was built.
  const [archived = HOST_PLATFORM] = [...images.keys()].toSorted();
  const image = images.get(HOST_PLATFORM) ?? images.get(archived) ?? "";
  const { oci: layout, save: file } = values;
  const oci = layout === undefined ? undefined : await writeOciLayout(builder, images, layout);
  if (oci !== undefined) print(`layout  ${layout}, ${oci.digest}`);
  let archive: object | undefined;
  if (file !== undefined) {
    const sha256 = await saveImage(builder, images.get(archived) ?? "", file);
    archive = { sha256, bytes: statSync(file).size, platform: archived };
    print(`saved   ${file} for ${archived}, SHA-256 ${sha256}`);
  }
  if (!values.json) return;
  // Who runs it with the same tool needs the settings that it was given.
  const conf = builder.environment["CONTAINERS_CONF"];
  const environment = conf === undefined ? {} : { CONTAINERS_CONF: conf };
  const { name, runs } = builder;
  print(JSON.stringify({ tool: name, runs, image, environment, oci, archive }));
}
