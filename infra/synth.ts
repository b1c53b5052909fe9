/**
 * `npm run synth [-- [ENVIRONMENT] [--lint]]`: every AWS city of an environment as templates in
 * `cdk.out`, and what each city consists of. Reads no network, no credentials and no Docker; for reading,
 * not deploying. With `--lint` the CDK's own linter judges each template too.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DEPLOYMENT } from "#regions/deployment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { bundleEdge } from "./bundle-edge.ts";
import { createApp, NO_IMAGE } from "./create-app.ts";
import { LEFT_OUT } from "./left-out.ts";
import { print } from "./print.ts";
import { synthWords } from "./synth-words.ts";

const started = performance.now();
const { environment, lint } = asked();
const { directory } = createApp({
  environment,
  deployment: DEPLOYMENT,
  bundles: undefined,
  router: await bundleEdge(environment),
  imageDigest: NO_IMAGE,
  lint,
  outdir: "cdk.out",
}).synth();

for (const stage of readdirSync(directory).filter((name) => name.startsWith("assembly-"))) {
  const files = readdirSync(join(directory, stage)).filter((name) =>
    name.endsWith(".template.json"),
  );
  const texts = files.map((file) => readFileSync(join(directory, stage, file), "utf8"));
  const resources = texts.map((text) => Object.keys(JSON.parse(text).Resources ?? {}).length);
  const largest = Math.max(...texts.map(({ length }) => length));
  const sum = resources.reduce((all, count) => all + count, 0);
  print(
    `${stage.slice("assembly-".length).padEnd(7)}${files.length} stacks, ${sum} resources, largest template ${(largest / 1_000).toFixed(0)} KB`,
  );
}
for (const { code, host } of citiesOf(environment)) {
  if (host.kind === "aws") continue;
  const machine = `one machine at ${host.provider} ${host.region}`;
  print(`${code.padEnd(7)}${machine}, by \`npm start -- fleet render ${code}\``);
}
if (environment === "local") {
  print("left out, because the endpoint lacks it or nothing is billed there:");
  for (const [what, why] of Object.entries(LEFT_OUT)) print(`  ${what}: ${why}`);
}
print(`${((performance.now() - started) / 1_000).toFixed(1)} s, in ${directory}`);

/** What the words ask for. */
function asked() {
  try {
    return synthWords(process.argv.slice(2));
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    process.stderr.write(`${cause.message}\nusage: npm run synth [-- [ENVIRONMENT] [--lint]]\n`);
    process.exit(2);
  }
}
