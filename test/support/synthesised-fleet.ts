import {
  existsSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type App, Validations } from "aws-cdk-lib";
import type { AppProps } from "#infra/create-app.ts";
import { createApp, NO_IMAGE } from "#infra/create-app.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { RUN_FOLDER } from "./run-folder.ts";

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/** A template as CloudFormation is given it. */
export interface StackTemplate {
  /** Bytes of its text. */
  readonly size: number;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string }>>;
}

/** A fleet as it was synthesised, once in a run of all suites. */
export interface SynthesisedFleet {
  /** Templates by stage and stack: `syd`, `node`. */
  readonly stages: ReadonlyMap<string, ReadonlyMap<string, StackTemplate>>;
  /** Findings that were acknowledged, with their reasons. */
  readonly acknowledged: readonly { readonly id: string; readonly reason: string }[];
  /** Questions to the account that a synthesis would have to ask. */
  readonly lookups: number;
  /** Roles that whoever deploys a stage takes on, by the stage. */
  readonly takenOn: ReadonlyMap<string, ReadonlySet<string>>;
  readonly seconds: number;
  /** Of a processor, whoever else wants it meanwhile. */
  readonly busySeconds: number;
}

function acknowledgedIn(app: App): { id: string; reason: string }[] {
  const key = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;
  return app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === key)
      // The CDK keeps an object of reasons by id.
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => ({ id: id.replace(/^\w+::/, ""), reason: String(reason) })),
  );
}

/** Every role that the CDK's program is told to take on for a stage: by its stacks, and by their files. */
function rolesTakenOn(folder: string): Set<string> {
  const roles = new Set<string>();
  const note = (text: string) =>
    JSON.parse(text, (key, value: unknown) => {
      if (key === "assumeRoleArn") {
        roles.add(String(value).replace(BRACED_PARTITION, "aws"));
      }
      return value;
    });
  for (const file of readdirSync(folder).filter((name) =>
    /^manifest\.json$|\.assets\.json$/.test(name),
  )) {
    note(readFileSync(join(folder, file), "utf8"));
  }
  return roles;
}

/** As the CDK writes the part of AWS, which is one of three. */
const BRACED_PARTITION = /\$\{AWS::Partition\}/;

/** Synthesise an app of `regions/` in a folder of its own, and read it into memory. */
export function synthesise(props: Partial<AppProps>): SynthesisedFleet {
  return synthesiseApp((outdir) =>
    createApp({
      environment: "prod",
      deployment: EXAMPLE_DEPLOYMENT,
      bundles: undefined,
      imageDigest: NO_IMAGE,
      router: "function handler(event) { return event.request; }",
      outdir,
      ...props,
    }),
  );
}

/** The same of any app. @throws for what cdk-nag finds and nobody acknowledged */
export function synthesiseApp(make: (outdir: string) => App): SynthesisedFleet {
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-synth-"));
  const started = performance.now();
  const before = process.cpuUsage();
  const app = make(folder.path);
  const assembly = app.synth();
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const busySeconds = (user + system) / 1_000_000;
  const stages = new Map<string, Map<string, StackTemplate>>();
  const takenOn = new Map<string, Set<string>>();
  let lookups = 0;
  for (const stage of readdirSync(folder.path).filter((name) => name.startsWith("assembly-"))) {
    const manifest = JSON.parse(readFileSync(join(folder.path, stage, "manifest.json"), "utf8"));
    lookups += (manifest.missing ?? []).length;
    takenOn.set(stage.slice("assembly-".length), rolesTakenOn(join(folder.path, stage)));
    const stacks = Object.values<{ type: string; properties: Record<string, string> }>(
      manifest.artifacts,
    ).filter(({ type }) => type === "aws:cloudformation:stack");
    stages.set(
      stage.slice("assembly-".length),
      new Map(
        stacks.map(({ properties }) => {
          const { templateFile = "", stackName = "" } = properties;
          const text = readFileSync(join(folder.path, stage, templateFile), "utf8");
          return [stackName.split("-").at(-1) ?? "", { ...JSON.parse(text), size: text.length }];
        }),
      ),
    );
  }
  lookups += (assembly.manifest.missing ?? []).length;
  return { stages, acknowledged: acknowledgedIn(app), lookups, takenOn, seconds, busySeconds };
}

/** What another process of this run has made already, or is made now, and kept for the others. */
function onceInRun(name: string, make: () => SynthesisedFleet): SynthesisedFleet {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined) return make();
  const path = join(folder, `${name}.fleet`);
  // Nobody else writes there.
  if (existsSync(path)) return deserialize(readFileSync(path)) as SynthesisedFleet;
  const made = make();
  const half = `${path}.${process.pid}`;
  writeFileSync(half, serialize(made));
  renameSync(half, path);
  return made;
}

let fleet: SynthesisedFleet | undefined;
let local: SynthesisedFleet | undefined;

/** The cities of `prod`, on the example's facts. */
export function productionFleet(): SynthesisedFleet {
  fleet ??= onceInRun("prod", () => synthesise({}));
  return fleet;
}

/** The city on this machine. */
export function localFleet(): SynthesisedFleet {
  local ??= onceInRun("local", () => synthesise({ environment: "local" }));
  return local;
}

/** Every resource of a stage, with the stack it is in and its logical id. */
export function resourcesOf(
  stacks: ReadonlyMap<string, StackTemplate> | undefined,
): { readonly stack: string; readonly id: string; readonly resource: Resource }[] {
  return [...(stacks ?? [])].flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).map(([id, resource]) => ({ stack, id, resource })),
  );
}
