/**
 * What `cdk.json` starts: `-c environment=prod|test|local`, `-c cities=syd,lon`, `-c bundles=FOLDER`,
 * `-c image=sha256:…`, `-c release=NAME`, `-c driven=true`, `-c endpoint=localstack`, `-c lint=true`; as JSON `printed`, what is deployed already. Reads no network, no credentials and no Docker.
 * @module
 */
import { App } from "aws-cdk-lib";
import { DEPLOYMENT } from "#regions/deployment.ts";
import { type PrintedFacts, withPrinted } from "#regions/with-printed.ts";
import { bundleEdge } from "./bundle-edge.ts";
import { createApp, NO_IMAGE } from "./create-app.ts";
import { environmentNamed } from "./environment-named.ts";

// The CLI hands its context to whatever app is made; this one is only asked.
const asked = new App({ autoSynth: false }).node;
const context = (key: string): string | undefined => asked.tryGetContext(key);
const release = context("release");
const endpoint = context("endpoint");
const cities = context("cities")?.split(",");
/** As `services/cli/fleet/read-printed.ts` writes it, which is the only one to do so. */
const printed: PrintedFacts = asked.tryGetContext("printed") ?? { origins: {} };

const environment = environmentNamed(context("environment") ?? "prod");

createApp({
  environment,
  deployment: withPrinted(DEPLOYMENT, printed),
  ...(cities !== undefined && { cities }),
  bundles: context("bundles"),
  router: await bundleEdge(environment),
  imageDigest: context("image") ?? NO_IMAGE,
  ...(release !== undefined && { release }),
  driven: context("driven") === "true",
  ...(endpoint !== undefined && { endpoint }),
  lint: context("lint") === "true",
}).synth();
